// The command itself: global options, the word that names a service, the word that names an operation.
#include <algorithm>
#include <memory>

#include "harness/guest/aws/aws.hpp"
#include "harness/guest/aws/client.hpp"
#include "harness/guest/aws/command.hpp"
#include "harness/guest/aws/configure.hpp"
#include "harness/guest/aws/known_words.hpp"
#include "harness/guest/aws/names.hpp"

namespace squall::guest::aws {
namespace {

using Services = std::vector<const wire::Service*>;

constexpr char version_text[] =
    "aws-cli/2.9.19 Python/3.11.2 Linux/6.1.0 source/x86_64.debian.12 prompt/off\n";

// What the CLI's first look at its words, for --profile and --debug, answers to -h.
constexpr char first_usage_text[] =
    "usage: aws [-h] [--profile PROFILE] [--debug]\n"
    "\n"
    "options:\n"
    "  -h, --help         show this help message and exit\n"
    "  --profile PROFILE\n"
    "  --debug\n";

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    out.emplace_back(words.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

void add_missing(std::vector<std::string>& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

std::vector<std::string> command_words() {
  auto out = split(known_commands());
  out.emplace_back("help");
  return out;
}

std::vector<std::string> operation_words(const wire::Service& service) {
  auto out = split(known_operations(service.name));
  for (const wire::Operation& operation : service.operations) add_missing(out, kebab_case(operation.name));
  if (!service.waiters.empty()) add_missing(out, "wait");
  out.emplace_back("help");
  return out;
}

std::vector<std::string> waiter_words(const wire::Service& service) {
  auto out = split(known_waiters(service.name));
  for (const wire::Waiter& waiter : service.waiters) add_missing(out, kebab_case(waiter.name));
  return out;
}

template <class Entry>
const Entry& named(std::span<const Entry> entries, const std::string& word, const std::string& command) {
  auto found = std::find_if(entries.begin(), entries.end(),
                            [&](const Entry& entry) { return kebab_case(entry.name) == word; });
  if (found == entries.end())
    throw Failure(usage_status, "Squall does not serve aws " + command + " " + word);
  return *found;
}

[[noreturn]] void fail_help() {
  throw Failure(usage_status,
                "This aws has no help pages; see https://docs.aws.amazon.com/cli/latest/reference/");
}

void refuse_unserved(const Settings& settings, bool lists_settings) {
  if (settings.output == "table" || settings.output == "yaml" || settings.output == "yaml-stream")
    throw Failure(usage_status, "Squall does not serve --output " + settings.output + "; use json or text");
  if (settings.output != "json" && settings.output != "text")
    throw Failure(general_status, "Unknown output type: " + settings.output);
  if (!lists_settings && settings.profile_named && !settings.has_profile())
    throw Failure(general_status, "The config profile (" + settings.profile + ") could not be found");
}

world::Task<void> run_service(program::Context& context, Settings& settings, const wire::Service& service,
                              const std::vector<std::string>& words) {
  ParsedArguments parsed =
      parse_arguments({}, {.name = "operation", .choices = operation_words(service)}, words);
  if (parsed.positional == "help") fail_help();
  const wire::Waiter* waiter = nullptr;
  std::string name = *parsed.positional;
  if (name == "wait") {
    ParsedArguments inner = parse_arguments(
        {}, {.name = "subcommand", .choices = waiter_words(service), .required = false}, parsed.remaining);
    if (!inner.positional)
      throw Failure(usage_status, "usage: aws [options] " + std::string(service.name) +
                                      " wait <subcommand> [parameters]\naws: error: too few arguments");
    waiter = &named(service.waiters, *inner.positional, std::string(service.name) + " wait");
    co_await run_operation(context, settings, service, *service.find(waiter->operation), waiter,
                           inner.remaining);
    co_return;
  }
  const wire::Operation& operation = named(service.operations, name, std::string(service.name));
  try {
    co_await run_operation(context, settings, service, operation, nullptr, parsed.remaining);
  } catch (const ServiceError& error) {
    throw service_failure(error, operation.name);
  }
}

world::Task<int> run(program::Context& context, const Services& services) {
  const auto& argv = context.invocation().argv;
  std::vector<std::string> words(argv.begin() + 1, argv.end());
  auto given = [&](const char* word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (given("-h") || given("--help")) {
    context.out(first_usage_text);
    co_return 0;
  }
  if (given("--version")) {
    context.out(version_text);
    co_return 0;
  }
  ParsedArguments globals =
      parse_arguments(global_options(), {.name = "command", .choices = command_words()}, words);
  if (globals.positional == "help") fail_help();
  Settings settings = read_settings(context, globals);
  const std::string word = *globals.positional;
  refuse_unserved(settings, word == "configure" && globals.remaining == std::vector<std::string>{"list"});
  if (word == "configure") {
    co_return co_await configure(context, settings, globals.remaining);
  }
  auto service =
      std::find_if(services.begin(), services.end(), [&](const auto* one) { return one->name == word; });
  if (service == services.end()) throw Failure(usage_status, "Squall does not serve aws " + word);
  co_await run_service(context, settings, **service, globals.remaining);
  co_return 0;
}

world::Task<int> guarded(program::Context& context, std::shared_ptr<const Services> services) {
  int status = 0;
  std::string text;
  try {
    co_return co_await run(context, *services);
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
