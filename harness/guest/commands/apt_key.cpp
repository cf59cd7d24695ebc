// apt-key(8), which keeps keys for apt; and how keys are fetched from a key server.
#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/commands/web.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet options{
    "keyring= keyserver= keyserver-options= recv-keys recv-key recv q,quiet no-tty batch", "*"};

world::Task<int> apt_key(Guest&, program::Context& context) {
  const CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 1;
  context.err(
      "Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see apt-key(8)).\n");
  const std::string verb = words.operands.empty() ? "" : words.operands[0];
  const std::string ring =
      words.has("keyring") ? context.resolve(words.value("keyring")) : "/etc/apt/trusted.gpg";
  if (verb == "adv") {
    for (std::size_t i = 1; i < words.operands.size(); ++i) {
      std::string server = words.value("keyserver"), id = words.operands[i];
      const std::optional<std::string> key = co_await receive_key(context, std::move(server), std::move(id));
      if (!key) {
        context.err("gpg: keyserver receive failed: No data\n");
        co_return 2;
      }
      context.disk().append(ring, *key, 0644);
    }
    co_return 0;
  }
  if (verb != "add") {
    refuse(context, verb.empty() ? "a command line without a verb" : verb);
    co_return 1;
  }
  std::string key;
  if (words.operands.size() < 2 || words.operands[1] == "-")
    key = co_await context.read_input();
  else
    key = context.disk().read(context.resolve(words.operands[1])).value_or("");
  const std::optional<std::string> bytes = dearmored(key);
  if (!bytes) {
    context.err("gpg: no valid OpenPGP data found.\n");
    co_return 2;
  }
  context.disk().append(ring, *bytes, 0644);
  context.out("OK\n");
  co_return 0;
}

}  // namespace

// As HKP asks (draft-shaw-openpgp-hkp-00), but that a server without a port is asked by TLS.
world::Task<std::optional<std::string>> receive_key(program::Context& context, std::string server,
                                                    std::string id) {
  if (server.empty()) server = "hkps://keys.openpgp.org";
  const std::size_t scheme = server.find("://");
  const bool plain =
      server.starts_with("http://") || (server.starts_with("hkp://") && server.ends_with(":80"));
  if (scheme != std::string::npos) server.erase(0, scheme + 3);
  if (!id.starts_with("0x")) id.insert(0, "0x");
  std::string place =
      (plain ? "http://" : "https://") + server + "/pks/lookup?op=get&options=mr&search=" + id;
  const std::optional<std::string> answer = co_await read_place(context, std::move(place));
  co_return answer ? dearmored(*answer) : std::nullopt;
}

std::map<std::string, program::Program> apt_key_commands(Guest& guest) {
  return {{"apt-key", bind(guest, apt_key)}};
}

}  // namespace squall::guest
