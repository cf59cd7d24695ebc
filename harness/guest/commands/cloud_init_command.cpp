// cloud-init(1): status and query, as scripts ask.
#include <algorithm>

#include "emulator/world/await.hpp"
#include "harness/guest/cloud_init.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"
#include "harness/guest/instance_data.hpp"

namespace squall::guest {
namespace {

world::Task<int> status(Guest& guest, program::Context& context, const Words& options) {
  for (const std::string& word : options)
    if (word != "--wait" && word != "-w") {
      context.err("cloud-init status: " + word + " is not served by Squall's guests\n");
      co_return 2;
    }
  while (!options.empty() && !guest.disk().exists(cloud_init_result))
    co_await world::sleep(context.scheduler(), 250ms);
  const std::string result = guest.disk().read(cloud_init_result).value_or("");
  const bool failed = result.find("Runparts") != std::string::npos;
  context.out(result.empty() ? "status: running\n" : failed ? "status: error\n" : "status: done\n");
  co_return failed ? 1 : 0;
}

// query NAME..., or query --format 'TEMPLATE'.
world::Task<int> query(Guest& guest, program::Context& context, const Words& words) {
  const bool format = words.size() == 2 && (words[0] == "--format" || words[0] == "-f");
  if (words.empty() || (words[0].starts_with('-') && !format)) {
    context.err("cloud-init query: Squall's guests serve names, and --format with one template\n");
    co_return 1;
  }
  if (format) {
    auto pieces = parse_template(words[1]);
    if (!pieces) {
      context.err("cloud-init query: this template is not served by Squall's guests\n");
      co_return 1;
    }
    const std::string text = co_await render_template(guest, std::move(*pieces));
    context.out(text + "\n");
    co_return 0;
  }
  for (std::string name : words) {
    const std::size_t dot = name.find_last_of('.');
    const std::string parent = dot == std::string::npos ? "" : " '" + name.substr(0, dot) + "'";
    const std::string last = name.substr(dot == std::string::npos ? 0 : dot + 1);
    const std::optional<std::string> value = co_await instance_datum(guest, std::move(name));
    if (!value) {
      context.err(parent.empty() ? "ERROR: Undefined instance-data key '" + last + "'\n"
                                 : "ERROR: instance-data" + parent + " has no '" + last + "'\n");
      co_return 1;
    }
    context.out(*value + "\n");
  }
  co_return 0;
}

world::Task<int> cloud_init(Guest& guest, program::Context& context) {
  Words words = context.invocation().argv;
  words.erase(words.begin());
  const std::string verb = words.empty() ? "" : words[0];
  if (!words.empty()) words.erase(words.begin());
  if (verb == "--version" || verb == "-v") {
    context.out(std::string("/usr/bin/cloud-init ") + facts_of(guest.system()).cloud_init_version + "\n");
    co_return 0;
  }
  if (verb == "status") co_return co_await status(guest, context, words);
  if (verb == "query") co_return co_await query(guest, context, words);
  context.err("cloud-init: Squall's guests serve status and query, not " + (verb.empty() ? "nothing" : verb) +
              "\n");
  co_return 2;
}

}  // namespace

std::map<std::string, program::Program> cloud_init_commands(Guest& guest) {
  return {{"cloud-init", bind(guest, cloud_init)}};
}

}  // namespace squall::guest
