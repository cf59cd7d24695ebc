// apt-get update: which repositories there are, and whether they are signed by a key that apt was given
// (apt-secure(8), sources.list(5)).
#include <algorithm>

#include "emulator/base/ascii.hpp"
#include "emulator/world/await.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char apt_site[] = "apt.releases.hashicorp.com";

// The option of HashiCorp's repository: "[signed-by=/a.gpg]" of a line, "Signed-By: /a.gpg" of a stanza;
// empty: none.
std::string option_of(const std::string& sources, const std::string& name) {
  std::string text = line_with(sources, apt_site);
  char mark = '=';
  if (text.find("URIs:") != std::string::npos) {
    const std::size_t at = sources.find(text), before = sources.rfind("\n\n", at);
    const std::size_t begin = before == std::string::npos ? 0 : before;
    text = sources.substr(begin, sources.find("\n\n", at) - begin);
    mark = ':';
  }
  const std::size_t at = base::ascii_lower(text).find(name + mark);
  if (at == std::string::npos) return {};
  const std::size_t value = text.find_first_not_of(" \t", at + name.size() + 1);
  return value == std::string::npos ? "" : text.substr(value, text.find_first_of(" \t\n]", value) - value);
}

// apt-key's is_supported_keyring(): what ends in .gpg is binary, what ends in .asc is armored.
bool is_supported(const std::string& path, const std::string& content) {
  if (path.ends_with(".gpg")) return content.empty() || !is_armored_key(content);
  return !path.ends_with(".asc") || content.empty() || is_armored_key(content);
}

// `unsupported` names a file that is passed over for its form.
bool is_trusted(world::Disk& disk, const std::string& sources, std::string& unsupported) {
  if (option_of(sources, "trusted") == "yes") return true;
  std::vector<std::string> rings;
  if (const std::string own = option_of(sources, "signed-by"); !own.empty()) {
    rings = {own};
  } else {
    rings = {"/etc/apt/trusted.gpg"};
    for (const std::string& name : disk.list("/etc/apt/trusted.gpg.d"))
      if (name.ends_with(".gpg") || name.ends_with(".asc")) rings.push_back("/etc/apt/trusted.gpg.d/" + name);
  }
  for (const std::string& ring : rings) {
    const std::string content = disk.read(ring).value_or("");
    if (!is_supported(ring, content)) {
      unsupported = ring;
      continue;
    }
    const std::vector<const PublicKey*> keys = keys_in(content);
    if (std::find(keys.begin(), keys.end(), &hashicorp_packages_key()) != keys.end()) return true;
  }
  return false;
}

}  // namespace

world::Task<int> apt_update(Guest& guest, program::Context& context) {
  co_await world::sleep(context.scheduler(), std::chrono::milliseconds(3500));
  world::Disk& disk = context.disk();
  std::string sources =
      disk.read("/etc/apt/sources.list").value_or("") + read_folder(disk, "/etc/apt/sources.list.d");
  std::string archive =
      std::string(is_ubuntu(guest.system()) ? "http://us-east-1.ec2.archive.ubuntu.com/ubuntu "
                                            : "http://cdn-aws.deb.debian.org/debian ") +
      facts_of(guest.system()).codename;
  context.out("Hit:1 " + archive + " InRelease\n");
  std::string line = line_with(sources, apt_site);
  if (line.empty()) {
    context.out("Reading package lists...\n");
    co_return 0;
  }
  bool there = co_await reaches(context, apt_site, "/dists/stable/InRelease");
  std::string repository = std::string("https://") + apt_site;
  if (!there) {
    context.out("Err:2 " + repository + " InRelease\n  Could not connect to " + apt_site +
                ":443\nReading package lists...\n");
    context.err(
        "W: Failed to fetch " + repository + "/dists/InRelease  Could not connect to " + apt_site +
        ":443\nW: Some index files failed to download. They have been ignored, or old ones used instead.\n");
    co_return 0;
  }
  std::string unsupported;
  const bool trusted = is_trusted(disk, sources, unsupported);
  if (!unsupported.empty())
    context.err("W: " + repository + "/dists/InRelease: The key(s) in the keyring " + unsupported +
                " are ignored as the file has an unsupported filetype.\n");
  if (!trusted) {
    context.out("Get:2 " + repository + " InRelease\nErr:2 " + repository +
                " InRelease\n  The following signatures couldn't be "
                "verified because the public key is not available: NO_PUBKEY AA16FCBCA621E701\nReading "
                "package lists...\n");
    context.err("W: GPG error: " + repository +
                " InRelease: The following signatures couldn't be verified because the public "
                "key is not available: NO_PUBKEY AA16FCBCA621E701\nE: The repository '" +
                repository + " InRelease' is not signed.\n");
    co_return 100;
  }
  disk.make_directories("/var/lib/apt/lists", 0755);
  disk.write(hashicorp_index, "vault\n", 0644);
  context.out("Get:2 " + repository + " InRelease [12.9 kB]\nGet:3 " + repository +
              " main amd64 Packages [121 kB]\nFetched 134 kB in 1s (121 kB/s)\nReading package lists...\n");
  co_return 0;
}

}  // namespace squall::guest
