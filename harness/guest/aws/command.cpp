#include "harness/guest/aws/command.hpp"

#include <algorithm>

#include "harness/guest/aws/customizations.hpp"
#include "harness/guest/aws/failure.hpp"
#include "harness/guest/aws/json_text.hpp"
#include "harness/guest/aws/names.hpp"
#include "harness/guest/aws/output.hpp"
#include "harness/guest/aws/pagination.hpp"
#include "harness/guest/aws/skeleton.hpp"
#include "harness/guest/aws/waiters.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

// An option that is no parameter of the operation.
Argument other_argument(const std::string& name, ValueType type) {
  Argument argument{.kind = Argument::Kind::other};
  argument.option = {.name = "--" + name, .destination = name, .type = type};
  for (char& c : argument.option.destination)
    if (c == '-') c = '_';
  return argument;
}

void replace_or_add(std::vector<Argument>& table, Argument argument) {
  for (Argument& existing : table)
    if (existing.option.name == argument.option.name) {
      existing = std::move(argument);
      return;
    }
  table.push_back(std::move(argument));
}

// Options of every operation that stand for the whole input.
void add_whole_input(std::vector<Argument>& table) {
  for (const char* name : {"cli-input-json", "cli-input-yaml", "generate-cli-skeleton"})
    table.push_back(other_argument(name, ValueType::text));
  table.back().option.arity = Arity::optional;
  table.back().option.choices = {"input", "output", "yaml-input"};
}

std::vector<Argument> argument_table(const wire::Service& service, const wire::Operation& operation) {
  std::vector<Argument> table;
  if (operation.input != nullptr)
    for (const wire::Member& member : operation.input->members)
      add_member_arguments(table, operation, member);
  customize_arguments(table, service, operation);
  if (const wire::Pagination* pagination = operation.pagination) {
    replace_or_add(table, other_argument("starting-token", ValueType::text));
    const bool limited = !pagination->limit_key.empty();
    const wire::Member* limit = limited ? operation.find(pagination->limit_key) : nullptr;
    const ValueType type =
        limit != nullptr && limit->shape->kind == wire::Kind::string ? ValueType::text : ValueType::integer;
    if (limited) replace_or_add(table, other_argument("page-size", type));
    replace_or_add(table, other_argument("max-items", type));
  }
  add_whole_input(table);
  return table;
}

// A member that pages are asked by, given by hand: then the CLI does not follow the pages.
bool pages_by_hand(const wire::Pagination& pagination, const Json& parameters) {
  auto is_set = [&](std::string_view name) {
    return !name.empty() && parameters.contains(std::string(name));
  };
  return is_set(pagination.limit_key) ||
         std::any_of(pagination.input_tokens.begin(), pagination.input_tokens.end(), is_set);
}

Json build_parameters(program::Context& context, const std::vector<Argument>& table,
                      const ParsedArguments& parsed) {
  Json parameters = Json::object();
  for (const Argument& argument : table) {
    const Json* value = parsed.find(argument.option.destination);
    if (value == nullptr || argument.kind == Argument::Kind::other) continue;
    if (argument.kind == Argument::Kind::custom) {
      add_custom(argument, read_paramfile(context, argument.option.name, *value), parameters);
      continue;
    }
    const std::string key(argument.member->name);
    if (argument.kind == Argument::Kind::switch_off)
      parameters[key] = {{"Value", false}};
    else if (argument.kind == Argument::Kind::switch_on && value->is_null())
      parameters[key] = {{"Value", true}};
    else
      parameters[key] = unpack_value(context, argument, *value);
  }
  return parameters;
}

bool given_by_hand(const ParsedArguments& parsed, std::string_view member) {
  std::string destination = kebab_case(member);
  std::replace(destination.begin(), destination.end(), '-', '_');
  return !member.empty() && destination != "max_items" && parsed.find(destination) != nullptr;
}

bool has_member_called(const wire::Operation& operation, const std::string& option) {
  return std::any_of(operation.input->members.begin(), operation.input->members.end(),
                     [&](const wire::Member& member) { return kebab_case(member.name) == option; });
}

// Options of pages, where pages are not followed, are a mistake. True if pages are to be followed.
bool check_paging(const Settings& settings, const wire::Operation& operation, const ParsedArguments& parsed) {
  if (operation.pagination == nullptr) return false;
  const bool by_hand =
      std::any_of(operation.pagination->input_tokens.begin(), operation.pagination->input_tokens.end(),
                  [&](std::string_view token) { return given_by_hand(parsed, token); }) ||
      given_by_hand(parsed, operation.pagination->limit_key);
  if (settings.paginate && !by_hand) return true;
  std::string used;
  for (const char* name : {"starting-token", "page-size", "max-items"}) {
    std::string destination = name;
    std::replace(destination.begin(), destination.end(), '-', '_');
    const Json* value = parsed.find(destination);
    // An operation's own member of that name (IAM's MaxItems) is no mistake.
    if (value == nullptr || *value == 0 || *value == "" || has_member_called(operation, name)) continue;
    used += (used.empty() ? "--" : ", --") + std::string(name);
  }
  if (!used.empty())
    throw Failure(usage_status, "Cannot specify --no-paginate along with pagination arguments: " + used);
  return false;
}

// Where pages are not followed, an operation's own member gets its option back (IAM's MaxItems).
void give_back_members(const wire::Operation& operation, const ParsedArguments& parsed, Json& parameters) {
  if (operation.pagination == nullptr) return;
  const Json* value = parsed.find("max_items");
  for (const wire::Member& member : operation.input->members)
    if (value != nullptr && kebab_case(member.name) == "max-items")
      parameters[std::string(member.name)] = *value;
}

Paging paging_of(const ParsedArguments& parsed) {
  Paging out;
  auto number = [&](const char* name) -> std::optional<std::int64_t> {
    const Json* value = parsed.find(name);
    if (value == nullptr) return {};
    return value->is_string() ? python_int(value->get<std::string>()) : value->get<std::int64_t>();
  };
  if (const Json* token = parsed.find("starting_token")) out.starting_token = token->get<std::string>();
  out.page_size = number("page_size");
  out.max_items = number("max_items");
  return out;
}

Json queried(const Settings& settings, const Json& answer) {
  return settings.query ? jmespath::search(*settings.query, answer) : answer;
}

void print(program::Context& context, const Settings& settings, const Json& answer) {
  const Json shown = queried(settings, answer);
  if (settings.output == "text")
    context.out(text_output(shown));
  else if (shown != Json::object())
    context.out(indented_json(shown) + "\n");
}

// Text output shows each page by itself, as it comes.
void print_pages(program::Context& context, const Settings& settings, const wire::Pagination& pagination,
                 const Pages& pages) {
  if (settings.output != "text") return print(context, settings, pages.merged(pagination));
  for (const Json& page : pages.pages) {
    Pages one;
    one.pages.push_back(page);
    Json shown = one.merged(pagination);
    for (std::string_view key : pagination.result_keys)
      if (key.find('.') == key.npos && !shown.contains(std::string(key))) shown[std::string(key)] = nullptr;
    print(context, settings, shown);
  }
  if (!pages.resume_token.empty())
    print(context, settings, {{"NextToken", {{"NextToken", pages.resume_token}}}});
}

// With the whole input given by other means, no option is required.
void relax(std::vector<Argument>& table, const std::vector<std::string>& words) {
  auto given = [&](const char* name) { return std::find(words.begin(), words.end(), name); };
  auto skeleton = given("--generate-cli-skeleton");
  const bool for_output = skeleton != words.end() && skeleton + 1 != words.end() && skeleton[1] == "output";
  if (given("--cli-input-json") == words.end() && (skeleton == words.end() || for_output)) return;
  for (Argument& argument : table) argument.option.required = false;
}

// Members of --cli-input-json that no option has given.
void add_input_json(program::Context& context, const ParsedArguments& parsed, Json& parameters) {
  if (parsed.find("cli_input_yaml") != nullptr)
    throw Failure(usage_status, "Squall does not serve --cli-input-yaml; use --cli-input-json");
  const Json* given = parsed.find("cli_input_json");
  if (given == nullptr) return;
  const Json text = read_paramfile(context, "--cli-input-json", *given);
  Json input = Json::parse(text.is_binary() ? std::string(text.get_binary().begin(), text.get_binary().end())
                                            : text.get<std::string>(),
                           nullptr, false);
  if (input.is_discarded()) throw parameter_failure("cli-input-json", "Invalid JSON received.");
  if (!input.is_object())
    throw parameter_failure("--cli-input-json", "Invalid type: expecting map, received <class '" +
                                                    std::string(jmespath::python_type(input)) + "'>");
  for (const auto& [key, value] : input.items())
    if (!parameters.contains(key)) parameters[key] = value;
}

// True when a skeleton was asked for, and printed.
bool print_skeleton(program::Context& context, const wire::Operation& operation,
                    const ParsedArguments& parsed) {
  const Json* wanted = parsed.find("generate_cli_skeleton");
  if (wanted == nullptr) return false;
  if (!wanted->is_null() && *wanted != "input")
    throw Failure(usage_status, "Squall does not serve --generate-cli-skeleton " +
                                    wanted->get<std::string>() + "; use input");
  context.out(indented_json(input_skeleton(operation)) + "\n");
  return true;
}

ParsedArguments parse_words(std::vector<Argument>& table, const std::vector<std::string>& words) {
  std::vector<Option> options;
  for (const Argument& argument : table) options.push_back(argument.option);
  ParsedArguments parsed =
      parse_arguments(options, {.name = "help", .choices = {}, .required = false}, words);
  if (parsed.positional == "help")
    throw Failure(usage_status,
                  "This aws has no help pages; see https://docs.aws.amazon.com/cli/latest/reference/");
  if (parsed.positional) parsed.remaining.push_back(*parsed.positional);
  if (!parsed.remaining.empty()) {
    std::string listed;
    for (const std::string& word : parsed.remaining) listed += (listed.empty() ? "" : ", ") + word;
    throw unknown_options(listed);
  }
  return parsed;
}

}  // namespace

world::Task<void> run_operation(program::Context& context, Settings& settings, const wire::Service& service,
                                const wire::Operation& operation, const wire::Waiter* waiter,
                                const std::vector<std::string>& words) {
  std::vector<Argument> table = argument_table(service, operation);
  relax(table, words);
  ParsedArguments parsed = parse_words(table, words);
  check_together(service, operation, parsed);
  const bool follow = check_paging(settings, operation, parsed);
  Json parameters = build_parameters(context, table, parsed);
  if (!follow) give_back_members(operation, parsed, parameters);
  add_input_json(context, parsed, parameters);
  if (print_skeleton(context, operation, parsed)) co_return;
  Client client = co_await Client::make(context, settings, service);
  if (waiter != nullptr) {
    co_await wait_until(context, client, service, *waiter, std::move(parameters));
  } else if (follow && !pages_by_hand(*operation.pagination, parameters)) {
    Pages pages = co_await call_pages(client, operation, std::move(parameters), paging_of(parsed));
    print_pages(context, settings, *operation.pagination, pages);
  } else {
    Json answer = co_await client.call(operation, std::move(parameters));
    print(context, settings, answer);
  }
}

}  // namespace squall::guest::aws
