// update-ca-certificates (Debian) and update-ca-trust (Red Hat): the certificates that an administrator added
// go into the bundle that curl and wget read (web.hpp, added_certificates). Follows the tools' manual pages;
// the public authorities themselves are not in the bundle, since this world's sites need none.
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char debian_added[] = "/usr/local/share/ca-certificates";
constexpr char debian_bundle[] = "/etc/ssl/certs/ca-certificates.crt";
constexpr char red_hat_anchors[] = "/etc/pki/ca-trust/source/anchors";
constexpr char red_hat_bundle[] = "/etc/pki/tls/certs/ca-bundle.crt";

bool refuse_users(program::Context& context, const std::string& bundle) {
  if (context.invocation().uid == 0) return false;
  context.err(context.invocation().argv[0] + ": cannot write " + bundle + ": Permission denied\n");
  return true;
}

bool is_certificate(const std::string& text) {
  return text.find("-----BEGIN CERTIFICATE-----") != std::string::npos ||
         text.find("-----BEGIN TRUSTED CERTIFICATE-----") != std::string::npos;
}

// All certificates of a folder, each ending in a line's end.
std::string gather(world::Disk& disk, const std::string& folder, const std::string& ending, int& count) {
  std::string bundle;
  for (const std::string& name : disk.list(folder)) {
    if (name.ends_with('/')) {
      bundle += gather(disk, folder + "/" + name.substr(0, name.size() - 1), ending, count);
      continue;
    }
    std::string text = disk.read(folder + "/" + name).value_or("");
    if (!name.ends_with(ending) || !is_certificate(text)) continue;
    if (text.back() != '\n') text += '\n';
    bundle += text;
    ++count;
  }
  return bundle;
}

int certificates_in(const std::string& bundle) {
  int count = 0;
  for (std::size_t at = bundle.find("-----BEGIN"); at != std::string::npos;
       at = bundle.find("-----BEGIN", at + 1))
    ++count;
  return count;
}

world::Task<int> update_ca_certificates(Guest& guest, program::Context& context) {
  static const Words plain = {"--fresh", "-f", "--verbose", "-v"};
  static const Words others = {"--default",       "-d",           "--certsconf",   "--certsdir",
                               "--localcertsdir", "--certbundle", "--etccertsdir", "--hooksdir",
                               "--sysroot"};
  const Words& argv = context.invocation().argv;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (has_word(plain, argv[i])) continue;
    if (has_word(others, argv[i])) {
      context.err("update-ca-certificates: " + argv[i] + " is not served by Squall's guests\n");
      co_return 1;
    }
    // As the script does, for --help too.
    context.out("/usr/sbin/update-ca-certificates: [--verbose] [--fresh]\n");
    co_return 0;
  }
  if (refuse_users(context, debian_bundle)) co_return 1;
  GuestDisk& disk = guest.disk();
  int before = certificates_in(disk.read(debian_bundle).value_or("")), count = 0;
  std::string bundle = gather(disk, debian_added, ".crt", count);
  disk.make_directories("/etc/ssl/certs", 0755);
  disk.write(debian_bundle, bundle, 0644);
  int now = certificates_in(bundle);
  context.out("Updating certificates in /etc/ssl/certs...\n" + std::to_string(std::max(now - before, 0)) +
              " added, " + std::to_string(std::max(before - now, 0)) +
              " removed; done.\nRunning hooks in /etc/ca-certificates/update.d...\ndone.\n");
  co_return 0;
}

world::Task<int> update_ca_trust(Guest& guest, program::Context& context) {
  const Words& argv = context.invocation().argv;
  std::string verb = argv.size() > 1 ? argv[1] : "extract";
  if (verb == "enable" || verb == "force-enable" || verb == "check" || verb == "disable" ||
      verb == "force-disable") {
    if (verb == "check") context.out("PEM/JAVA Status: ENABLED.\n");
    co_return 0;
  }
  const bool elsewhere = argv.size() > 2 || verb == "-o" || verb.starts_with("--output");
  if (elsewhere) {
    context.err("update-ca-trust: --output is not served by Squall's guests\n");
    co_return 1;
  }
  if (verb != "extract") {
    context.err("usage: update-ca-trust [extract] [-o DIR|--output=DIR]\n");
    co_return 1;
  }
  if (refuse_users(context, red_hat_bundle)) co_return 1;
  int count = 0;
  std::string bundle = gather(guest.disk(), red_hat_anchors, "", count);
  guest.disk().make_directories("/etc/pki/tls/certs", 0755);
  guest.disk().write(red_hat_bundle, bundle, 0444);
  co_return 0;
}

// Installed with the docker packages, so that a script sees a daemon and a client; neither runs anything.
world::Task<int> docker(Guest&, program::Context& context) {
  context.err("docker: containers are not served by Squall's guests\n");
  co_return 125;
}

}  // namespace

std::map<std::string, program::Program> trust_commands(Guest& guest) {
  return {{"update-ca-certificates", bind(guest, update_ca_certificates)},
          {"update-ca-trust", bind(guest, update_ca_trust)},
          {"docker", bind(guest, docker)}};
}

}  // namespace squall::guest
