#include "harness/guest/aws/command.hpp"

#include <algorithm>

#include "harness/guest/aws/customizations.hpp"
#include "harness/guest/aws/failure.hpp"
#include "harness/guest/aws/json_text.hpp"
#include "harness/guest/aws/names.hpp"
#include "harness/guest/aws/output.hpp"
#include "harness/guest/aws/pagination.hpp"
#include "harness/guest/aws/waiters.hpp"

namespace squall::guest::aws {
namespace {

Argument paging_argument(const std::string& name, ValueType type) {
  Argument argument{.kind = Argument::Kind::paging};
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

std::vector<Argument> argument_table(const wire::Service& service, const wire::Operation& operation) {
  std::vector<Argument> table;
  if (operation.input != nullptr)
    for (const wire::Member& member : operation.input->members) add_member_arguments(table, operation, member);
  customize_arguments(table, service, operation);
  if (const wire::Pagination* pagination = operation.pagination) {
    replace_or_add(table, paging_argument("starting-token", ValueType::text));
    const bool limited = !pagination->limit_key.empty();
    const wire::Member* limit = limited ? operation.find(pagination->limit_key) : nullptr;
    const ValueType type =
        limit != nullptr && limit->shape->kind == wire::Kind::string ? ValueType::text : ValueType::integer;
    if (limited) replace_or_add(table, paging_argument("page-size", type));
    replace_or_add(table, paging_argument("max-items", type));
  }
  return table;
}

// A member that pages are asked by, given by hand: then the CLI does not follow the pages.
bool pages_by_hand(const wire::Pagination& pagination, const Json& parameters) {
  auto is_set = [&](std::string_view name) { return !name.empty() && parameters.contains(std::string(name)); };
  return is_set(pagination.limit_key) ||
         std::any_of(pagination.input_tokens.begin(), pagination.input_tokens.end(), is_set);
}

Json build_parameters(program::Context& context, const std::vector<Argument>& table,
                      const ParsedArguments& parsed) {
  Json parameters = Json::object();
  for (const Argument& argument : table) {
    const Json* value = parsed.find(argument.option.destination);
    if (value == nullptr || argument.kind == Argument::Kind::paging) continue;
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

ParsedArguments parse_words(std::vector<Argument>& table, const std::vector<std::string>& words) {
  std::vector<Option> options;
  for (const Argument& argument : table) options.push_back(argument.option);
  ParsedArguments parsed = parse_arguments(options, {.name = "help", .choices = {}, .required = false}, words);
  if (parsed.positional == "help")
    throw Failure(usage_status, "This aws has no help pages; see https://docs.aws.amazon.com/cli/latest/reference/");
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
  ParsedArguments parsed = parse_words(table, words);
  check_together(service, operation, parsed);
  Json parameters = build_parameters(context, table, parsed);
  Client client = co_await Client::make(context, settings, service);
  if (waiter != nullptr) {
    co_await wait_until(context, client, service, *waiter, std::move(parameters));
  } else if (operation.pagination != nullptr && settings.paginate &&
             !pages_by_hand(*operation.pagination, parameters)) {
    Pages pages = co_await call_pages(client, operation, std::move(parameters), paging_of(parsed));
    print_pages(context, settings, *operation.pagination, pages);
  } else {
    Json answer = co_await client.call(operation, std::move(parameters));
    print(context, settings, answer);
  }
}

}  // namespace squall::guest::aws
