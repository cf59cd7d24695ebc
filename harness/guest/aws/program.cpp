// The command itself: global options, the word that names a service, the word that names an operation.
#include <algorithm>
#include <memory>

#include "harness/guest/aws/aws.hpp"
#include "harness/guest/aws/client.hpp"
#include "harness/guest/aws/command.hpp"
#include "harness/guest/aws/names.hpp"

namespace squall::guest::aws {
namespace {

using Services = std::vector<const wire::Service*>;

constexpr char version_text[] =
    "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12 prompt/off\n";

std::vector<std::string> service_words(const Services& services) {
  std::vector<std::string> out;
  for (const wire::Service* service : services) out.emplace_back(service->name);
  std::sort(out.begin(), out.end());
  out.emplace_back("help");
  return out;
}

std::vector<std::string> operation_words(const wire::Service& service) {
  std::vector<std::string> out;
  for (const wire::Operation& operation : service.operations) out.push_back(kebab_case(operation.name));
  std::sort(out.begin(), out.end());
  if (!service.waiters.empty()) out.emplace_back("wait");
  out.emplace_back("help");
  return out;
}

std::vector<std::string> waiter_words(const wire::Service& service) {
  std::vector<std::string> out;
  for (const wire::Waiter& waiter : service.waiters) out.push_back(kebab_case(waiter.name));
  return out;
}

template <class Entry>
const Entry& named(std::span<const Entry> entries, const std::string& word) {
  return *std::find_if(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return kebab_case(entry.name) == word; });
}

[[noreturn]] void fail_help() {
  throw Failure(usage_status, "This aws has no help pages; see https://docs.aws.amazon.com/cli/latest/reference/");
}

void refuse_unserved(const Settings& settings) {
  if (settings.output == "table" || settings.output == "yaml" || settings.output == "yaml-stream")
    throw Failure(usage_status, "Squall does not serve --output " + settings.output + "; use json or text");
  if (settings.output != "json" && settings.output != "text")
    throw Failure(general_status, "Unknown output type: " + settings.output);
  if (settings.profile_named && !settings.has_profile())
    throw Failure(general_status, "The config profile (" + settings.profile + ") could not be found");
}

world::Task<void> run_service(program::Context& context, Settings& settings, const wire::Service& service,
                              const std::vector<std::string>& words) {
  ParsedArguments parsed = parse_arguments({}, {.name = "operation", .choices = operation_words(service)}, words);
  if (parsed.positional == "help") fail_help();
  const wire::Waiter* waiter = nullptr;
  std::string name = *parsed.positional;
  if (name == "wait") {
    ParsedArguments inner =
        parse_arguments({}, {.name = "subcommand", .choices = waiter_words(service), .required = false}, parsed.remaining);
    if (!inner.positional) throw usage_failure("the following arguments are required: subcommand");
    waiter = &named(service.waiters, *inner.positional);
    co_await run_operation(context, settings, service, *service.find(waiter->operation), waiter, inner.remaining);
    co_return;
  }
  const wire::Operation& operation = named(service.operations, name);
  try {
    co_await run_operation(context, settings, service, operation, nullptr, parsed.remaining);
  } catch (const ServiceError& error) {
    throw service_failure(error, operation.name);
  }
}

world::Task<void> run(program::Context& context, const Services& services) {
  const auto& argv = context.invocation().argv;
  std::vector<std::string> words(argv.begin() + 1, argv.end());
  if (std::find(words.begin(), words.end(), "--version") != words.end()) {
    context.out(version_text);
    co_return;
  }
  ParsedArguments globals =
      parse_arguments(global_options(), {.name = "command", .choices = service_words(services)}, words);
  if (globals.positional == "help") fail_help();
  Settings settings = read_settings(context, globals);
  refuse_unserved(settings);
  const std::string word = *globals.positional;
  const wire::Service& service =
      **std::find_if(services.begin(), services.end(), [&](const auto* one) { return one->name == word; });
  co_await run_service(context, settings, service, globals.remaining);
}

world::Task<int> guarded(program::Context& context, std::shared_ptr<const Services> services) {
  int status = 0;
  std::string text;
  try {
    co_await run(context, *services);
    co_return 0;
  } catch (const Failure& failure) {
    status = failure.exit_status;
    text = failure.what();
  } catch (const std::exception& error) {
    status = general_status;
    text = error.what();
  }
  context.err("\n" + text + "\n");
  co_return status;
}

}  // namespace

program::Program aws_program(std::span<const wire::Service* const> services) {
  auto copied = std::make_shared<const Services>(services.begin(), services.end());
  return [copied](program::Context& context) { return guarded(context, copied); };
}

}  // namespace squall::guest::aws
