// The sites that vendors publish programs on, as far as bootstraps fetch from them: HashiCorp's release
// archives with their checksums, its package repositories' keys and indexes, the AWS CLI's installer. What is
// in the archives is the guest program, so that the stand-in answers.
#include <string_view>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/commands/packages.hpp"
#include "harness/guest/zip.hpp"

namespace squall::guest {
namespace {

constexpr char key[] =
    "-----BEGIN PGP PUBLIC KEY "
    "BLOCK-----\n\nU3F1YWxsIHN0YW5kcyBpbiBmb3IgSGFzaGlDb3JwJ3MgcmVwb3NpdG9yeSBrZXku\n=sqal\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

constexpr char repository[] =
    "[hashicorp]\nname=Hashicorp Stable - $basearch\n"
    "baseurl=https://rpm.releases.hashicorp.com/AmazonLinux/$releasever/$basearch/"
    "stable\nenabled=1\ngpgcheck=1\n"
    "gpgkey=https://rpm.releases.hashicorp.com/gpg\n\n[hashicorp-test]\nname=Hashicorp Test - $basearch\n"
    "baseurl=https://rpm.releases.hashicorp.com/AmazonLinux/$releasever/$basearch/"
    "test\nenabled=0\ngpgcheck=1\n"
    "gpgkey=https://rpm.releases.hashicorp.com/gpg\n";

constexpr char installer[] =
    "#!/bin/sh\nset -e\nhere=$(dirname \"$0\")\nbin=/usr/local/bin\nwhile [ $# -gt 0 ]; do\n"
    "  case \"$1\" in -b|--bin-dir) bin=$2; shift ;; -i|--install-dir) shift ;; esac\n  shift\ndone\n"
    "mkdir -p \"$bin\"\ncp \"$here/dist/aws\" \"$bin/aws\"\nchmod 755 \"$bin/aws\"\necho \"You can now run: "
    "$bin/aws --version\"\n";

http::Response file(std::string content, std::string type) {
  return http::Response::text(200, std::move(content), std::move(type));
}

http::Response not_found() { return http::Response::text(404, "Not Found\n"); }

bool plain_version(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// /vault/1.14.9/vault_1.14.9_linux_amd64.zip and its kin.
http::Response vault_release(std::string_view path) {
  std::string_view rest = path.substr(std::string_view("/vault/").size());
  std::string version(rest.substr(0, rest.find('/')));
  if (!plain_version(version) || rest.find('/') == std::string_view::npos) return not_found();
  std::string name(rest.substr(rest.find('/') + 1)), stem = "vault_" + version + "_";
  std::string archive = make_zip({{"vault", guest_program_bytes(), 0755}});
  if (name == stem + "SHA256SUMS") {
    std::string sum = base::hex_encode(base::sha256(archive)), text;
    for (const char* platform : {"linux_amd64", "linux_arm64"})
      text += sum + "  " + stem + platform + ".zip\n";
    return file(text, "text/plain");
  }
  if (name.starts_with(stem + "SHA256SUMS.")) return file("signature\n", "application/octet-stream");
  if (name == stem + "linux_amd64.zip" || name == stem + "linux_arm64.zip")
    return file(archive, "application/zip");
  return not_found();
}

}  // namespace

std::vector<std::string> release_site_names() {
  return {"releases.hashicorp.com", "apt.releases.hashicorp.com", "rpm.releases.hashicorp.com",
          "awscli.amazonaws.com", "checkpoint-api.hashicorp.com"};
}

http::Response releases(const http::Request& request) {
  std::string_view host = request.headers.get("Host"), path = request.path();
  host = host.substr(0, host.find(':'));
  if (host == "releases.hashicorp.com" && path.starts_with("/vault/")) return vault_release(path);
  if (host == "checkpoint-api.hashicorp.com")
    return file("{\"product\":\"vault\",\"current_version\":\"1.14.9\"}", "application/json");
  bool packages = host == "apt.releases.hashicorp.com" || host == "rpm.releases.hashicorp.com";
  if (packages && path == "/gpg") return file(key, "text/plain");
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
