// The sites that vendors publish programs on, as far as bootstraps fetch from them: HashiCorp's release
// archives with their checksums, its package repositories' keys and indexes, the AWS CLI's installer. What is
// in the archives is the guest program, so that the stand-in answers.
#include <algorithm>
#include <array>
#include <string_view>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/commands/hashicorp_products.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/image.hpp"
#include "harness/guest/zip.hpp"

namespace squall::guest {
namespace {

constexpr char repository[] =
    "[hashicorp]\nname=Hashicorp Stable - $basearch\n"
    "baseurl=https://rpm.releases.hashicorp.com/AmazonLinux/$releasever/$basearch/"
    "stable\nenabled=1\ngpgcheck=1\n"
    "gpgkey=https://rpm.releases.hashicorp.com/gpg\n\n[hashicorp-test]\nname=Hashicorp Test - $basearch\n"
    "baseurl=https://rpm.releases.hashicorp.com/AmazonLinux/$releasever/$basearch/"
    "test\nenabled=0\ngpgcheck=1\n"
    "gpgkey=https://rpm.releases.hashicorp.com/gpg\n";

constexpr char licence[] = "What this archive holds is Squall's stand-in, not HashiCorp's program.\n";

constexpr char installer[] =
    "#!/bin/sh\nset -e\nhere=$(dirname \"$0\")\nbin=/usr/local/bin\nwhile [ $# -gt 0 ]; do\n"
    "  case \"$1\" in -b|--bin-dir) bin=$2; shift ;; -i|--install-dir) shift ;; esac\n  shift\ndone\n"
    "mkdir -p \"$bin\"\ncp \"$here/dist/aws\" \"$bin/aws\"\nchmod 755 \"$bin/aws\"\necho \"You can now run: "
    "$bin/aws --version\"\n";

// As pip's own installer does: a pip for whoever runs it, in /usr/local/bin.
constexpr char pip_installer[] =
    "import shutil\n"
    "for name in ('pip', 'pip3'):\n"
    "    shutil.copy('/usr/lib/squall/squall-init', '/usr/local/bin/' + name)\n"
    "print('Successfully installed pip-23.2.1')\n";

http::Response file(std::string content, std::string type) {
  return http::Response::text(200, std::move(content), std::move(type));
}

http::Response not_found() { return http::Response::text(404, "Not Found\n"); }

// Stands for the authority of AWS's own certificates; no endpoint of this world is checked against it.
constexpr char amazon_root[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIByzCCAXGgAwIBAgIBATAKBggqhkjOPQQDAjBNMQswCQYDVQQGEwJVUzEPMA0G\n"
    "A1UECgwGU3F1YWxsMS0wKwYDVQQDDCRTcXVhbGwgc3RhbmQtaW4gZm9yIEFtYXpv\n"
    "biBSb290IENBIDEwHhcNMTUwNTI2MDAwMDAwWhcNMzgwMTE3MDAwMDAwWjBNMQsw\n"
    "CQYDVQQGEwJVUzEPMA0GA1UECgwGU3F1YWxsMS0wKwYDVQQDDCRTcXVhbGwgc3Rh\n"
    "bmQtaW4gZm9yIEFtYXpvbiBSb290IENBIDEwWTATBgcqhkjOPQIBBggqhkjOPQMB\n"
    "BwNCAAROZbUND2BOi9b7DKx9WkXNQrmRT++Li8Mhasdkq2ly6Um01KxloO3QSnBC\n"
    "x/muGd3cQa/AozPz4Yjfphb27DvBo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1Ud\n"
    "DwEB/wQEAwIBhjAdBgNVHQ4EFgQU89cvsy0uzGG62xao1M3EvirkkecwCgYIKoZI\n"
    "zj0EAwIDSAAwRQIhAJ2OKRbHhyJmSmrircRLGCa9SAcNegeZOq7KVn/p+oAiAiAc\n"
    "cFuSB3NFsQX6HhqKg0UH/WF/lPsLbrf99N+po0nISQ==\n"
    "-----END CERTIFICATE-----\n";

// "1.14.9", "1.15.2+ent", "1.16.1+ent.hsm", "1.17.0-rc1".
bool is_version(std::string_view text) {
  std::size_t end = std::min(text.find_first_of("+-"), text.size());
  std::string_view numbers = text.substr(0, end), rest = text.substr(end);
  return !numbers.empty() && numbers.find_first_not_of("0123456789.") == std::string_view::npos &&
         (rest.empty() || rest.starts_with("+ent") || rest.starts_with("-rc"));
}

// From 1.16 on, and in enterprise releases, the archive holds the licence's text beside the program.
bool has_licence(const std::string& version) {
  std::size_t dot = version.find('.');
  return version.find("+ent") != std::string::npos || version.substr(0, dot) != "1" ||
         (dot != std::string::npos && std::atoi(version.c_str() + dot + 1) >= 16);
}

// The checksums, their signature or the archive that a release page of HashiCorp's has; `archive` is what the
// archives hold.
http::Response release_file(const std::string& name, const std::string& stem, const std::string& archive) {
  if (name.starts_with(stem + "SHA256SUMS")) {
    std::string sum = base::hex_encode(base::sha256(archive)), text;
    for (const char* platform : {"linux_amd64", "linux_arm64"})
      text += sum + "  " + stem + platform + ".zip\n";
    if (name == stem + "SHA256SUMS") return file(text, "text/plain");
    // Also under the name of the key, as "SHA256SUMS.72D7468F.sig".
    if (name.ends_with(".sig")) return file(sign(hashicorp_key(), text), "application/octet-stream");
  }
  if (name == stem + "linux_amd64.zip" || name == stem + "linux_arm64.zip")
    return file(archive, "application/zip");
  return not_found();
}

// /vault/1.14.9/vault_1.14.9_linux_amd64.zip and its kin.
http::Response release(std::string_view path) {
  const std::string decoded = base::percent_decode(path);
  const std::size_t first = decoded.find('/', 1), second = decoded.find('/', first + 1);
  if (first == std::string::npos || second == std::string::npos) return not_found();
  const std::string product = decoded.substr(1, first - 1),
                    version = decoded.substr(first + 1, second - first - 1);
  const std::vector<std::string>& others = hashicorp_products();
  const bool vault = product == "vault";
  if (!vault && std::find(others.begin(), others.end(), product) == others.end()) return not_found();
  if (!is_version(version)) return not_found();
  std::vector<ZipEntry> entries = {{product, guest_program_bytes(), 0755}};
  const bool enterprise = version.find("+ent") != std::string::npos;
  if (vault ? has_licence(version) : enterprise)
    entries.insert(entries.begin(), {"LICENSE.txt", licence, 0644});
  return release_file(decoded.substr(second + 1), product + "_" + version + "_", make_zip(entries));
}

// Bucket and key of a request to S3 in either style: s3.REGION.amazonaws.com/BUCKET/KEY,
// BUCKET.s3.REGION.amazonaws.com/KEY.
std::pair<std::string, std::string> bucket_and_key(const http::Request& request) {
  std::string host(request.headers.get("Host")), path(request.path());
  host.resize(std::min(host.size(), host.find(':')));
  if (!host.ends_with(".amazonaws.com") || path.empty()) return {};
  if (host.starts_with("s3.") || host.starts_with("s3-")) {
    std::size_t slash = path.find('/', 1);
    if (slash == std::string::npos) return {};
    return {path.substr(1, slash - 1), path.substr(slash)};
  }
  std::size_t service = host.find(".s3");
  if (service == std::string::npos) return {};
  return {host.substr(0, service), path};
}

// The buckets that AWS publishes its agents in (AmazonCloudWatch user guide, "Download the CloudWatch agent
// package"; Systems Manager user guide, "Manually installing SSM Agent"). In each region or once for all.
const char* agent_of(const std::string& bucket) {
  if (bucket.starts_with("amazoncloudwatch-agent")) return "amazon-cloudwatch-agent";
  if (bucket.starts_with("amazon-ssm-") || bucket == "ec2-downloads-windows") return "amazon-ssm-agent";
  return nullptr;
}

http::Response agent_package(const http::Request& request) {
  auto [bucket, key] = bucket_and_key(request);
  std::string agent = agent_of(bucket), file_name = key.substr(key.find_last_of('/') + 1);
  if (file_name == agent + ".deb" || file_name == agent + ".rpm")
    return file(
        "squall-package " + agent + " " + (agent == "amazon-ssm-agent" ? "3.2.1705.0" : "1.300030.1") + "\n",
        "application/octet-stream");
  if (file_name.ends_with(".sig")) return file("signature\n", "application/octet-stream");
  return http::Response::text(403,
                              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>"
                              "<Message>Access Denied</Message></Error>",
                              "application/xml");
}

constexpr char github_assets[] = "objects.githubusercontent.com";

// Where the keys of repositories are published; what the repositories of others than HashiCorp hold are
// packages that guests know by name alone (catalogue.cpp).
struct KeyPage {
  std::string_view host, path;
  const PublicKey& (*key)();
};
constexpr std::array key_pages = {KeyPage{"apt.releases.hashicorp.com", "/gpg", hashicorp_packages_key},
                                  KeyPage{"rpm.releases.hashicorp.com", "/gpg", hashicorp_packages_key},
                                  KeyPage{"www.hashicorp.com", "/.well-known/pgp-key.txt", hashicorp_key},
                                  KeyPage{"keybase.io", "/hashicorp/pgp_keys.asc", hashicorp_key},
                                  KeyPage{"download.docker.com", "/linux/ubuntu/gpg", docker_key},
                                  KeyPage{"download.docker.com", "/linux/debian/gpg", docker_key},
                                  KeyPage{"download.docker.com", "/linux/centos/gpg", docker_key},
                                  KeyPage{"download.docker.com", "/linux/rhel/gpg", docker_key},
                                  KeyPage{"www.postgresql.org", "/media/keys/ACCC4CF8.asc", postgresql_key},
                                  KeyPage{"packages.grafana.com", "/gpg.key", grafana_key},
                                  KeyPage{"apt.grafana.com", "/gpg.key", grafana_key},
                                  KeyPage{"rpm.grafana.com", "/gpg.key", grafana_key}};

const PublicKey* published_key(std::string_view host, std::string_view path) {
  for (const KeyPage& page : key_pages)
    if (page.host == host && page.path == path) return &page.key();
  return nullptr;
}

constexpr std::string_view key_servers[] = {"keys.openpgp.org", "keyserver.ubuntu.com", "pgp.mit.edu"};

// HKP: /pks/lookup?op=get&search=0x...
http::Response key_server(const http::Request& request) {
  const PublicKey* key = nullptr;
  for (const auto& [name, value] : base::parse_query(request.query()))
    if (name == "search") key = find_key(value);
  if (request.path() != "/pks/lookup" || key == nullptr) return not_found();
  return file(armored_key(*key), "application/pgp-keys");
}

// /stedolan/jq/releases/download/jq-1.6/jq-linux64 and its kin: the host's jq, by way of the store that
// GitHub sends its visitors to. Nothing else of GitHub is in this world.
http::Response github(const http::Request& request, std::string_view host) {
  std::string_view path = request.path();
  bool jq = (path.starts_with("/stedolan/jq/releases/") || path.starts_with("/jqlang/jq/releases/")) &&
            (path.ends_with("/jq-linux64") || path.ends_with("/jq-linux-amd64"));
  std::string program = jq ? host_program("jq") : "";
  if (program.empty()) return not_found();
  if (host == github_assets) return file(std::move(program), "application/octet-stream");
  http::Response found = http::Response::text(302, "");
  found.headers.set("Location", "https://" + std::string(github_assets) + std::string(path));
  return found;
}

}  // namespace

std::vector<std::string> release_site_names() {
  std::vector<std::string> names = {"releases.hashicorp.com",
                                    "checkpoint-api.hashicorp.com",
                                    "awscli.amazonaws.com",
                                    "www.amazontrust.com",
                                    "github.com",
                                    github_assets,
                                    "bootstrap.pypa.io"};
  names.insert(names.end(), std::begin(key_servers), std::end(key_servers));
  for (const KeyPage& page : key_pages)
    if (std::find(names.begin(), names.end(), page.host) == names.end()) names.emplace_back(page.host);
  return names;
}

bool is_vendor_bucket(const http::Request& request) {
  return agent_of(bucket_and_key(request).first) != nullptr;
}

http::Response releases(const http::Request& request) {
  std::string_view host = request.headers.get("Host"), path = request.path();
  host = host.substr(0, host.find(':'));
  if (host == "releases.hashicorp.com") return release(path);
  if (host == "checkpoint-api.hashicorp.com")
    return file("{\"product\":\"vault\",\"current_version\":\"1.14.9\"}", "application/json");
  if (is_vendor_bucket(request)) return agent_package(request);
  if (host == "github.com" || host == github_assets) return github(request, host);
  if (const PublicKey* key = published_key(host, path)) return file(armored_key(*key), "text/plain");
  if (std::find(std::begin(key_servers), std::end(key_servers), host) != std::end(key_servers))
    return key_server(request);
  if (host == "bootstrap.pypa.io" && path.ends_with("/get-pip.py"))
    return file(pip_installer, "text/x-python");
  if (host == "download.docker.com" && path.ends_with("/docker-ce.repo"))
    return file(
        "[docker-ce-stable]\nbaseurl=https://download.docker.com/linux/centos/9/x86_64/stable\n"
        "gpgkey=https://download.docker.com/linux/centos/gpg\n",
        "text/plain");
  if (host == "www.amazontrust.com" && path == "/repository/AmazonRootCA1.pem")
    return file(amazon_root, "application/x-pem-file");
  if (host == "apt.releases.hashicorp.com" && path.starts_with("/dists/"))
    return file("Origin: Artifactory\n", "text/plain");
  if (host == "rpm.releases.hashicorp.com" && path.ends_with(".repo")) return file(repository, "text/plain");
  if (host == "rpm.releases.hashicorp.com" && path.ends_with("repomd.xml"))
    return file("<repomd/>\n", "text/xml");
  if (host == "awscli.amazonaws.com" && path.starts_with("/awscli-exe-linux-") && path.ends_with(".zip"))
    return file(make_zip({{"aws/install", installer, 0755}, {"aws/dist/aws", guest_program_bytes(), 0755}}),
                "application/zip");
  return not_found();
}

}  // namespace squall::guest
