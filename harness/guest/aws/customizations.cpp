#include "harness/guest/aws/customizations.hpp"

#include <algorithm>

#include "emulator/base/encoding.hpp"
#include "harness/guest/aws/failure.hpp"

namespace squall::guest::aws {
namespace {

bool is(const wire::Service& service, const wire::Operation& operation, std::string_view name) {
  return service.name == "ec2" && operation.name == name;
}

bool changes_rules(const wire::Service& service, const wire::Operation& operation) {
  return service.name == "ec2" && (operation.name.starts_with("AuthorizeSecurityGroup") ||
                                   operation.name.starts_with("RevokeSecurityGroup"));
}

Argument custom(const std::string& name, Arity arity = Arity::one) {
  Argument argument{.kind = Argument::Kind::custom};
  argument.option = {.name = "--" + name, .destination = name, .arity = arity};
  for (char& c : argument.option.destination)
    if (c == '-') c = '_';
  return argument;
}

// Structures of one boolean, Value, become --option and --no-option.
void pull_up_booleans(std::vector<Argument>& table) {
  std::vector<Argument> negatives;
  for (Argument& argument : table) {
    if (argument.member == nullptr || argument.member->shape->kind != wire::Kind::structure) continue;
    const wire::Shape& shape = *argument.member->shape;
    if (shape.members.size() != 1 || shape.members[0].name != "Value" ||
        shape.members[0].shape->kind != wire::Kind::boolean)
      continue;
    argument.kind = Argument::Kind::switch_on;
    argument.option.arity = Arity::optional;
    Argument negative{
        .kind = Argument::Kind::switch_off, .option = argument.option, .member = argument.member};
    negative.option.name = "--no-" + argument.name();
    negative.option.destination = "no_" + argument.option.destination;
    negative.option.arity = Arity::none;
    negative.option.constant = true;
    negatives.push_back(std::move(negative));
  }
  for (Argument& negative : negatives) table.push_back(std::move(negative));
}

void rename(std::vector<Argument>& table, const std::string& from, const std::string& to) {
  for (Argument& argument : table)
    if (argument.option.name == from) argument.option.name = to;
}

bool given(const ParsedArguments& parsed, const std::string& destination) {
  const Json* value = parsed.find(destination);
  return value != nullptr && !value->is_null() && *value != false &&
         !(value->is_string() && value->empty()) && !(value->is_array() && value->empty());
}

// --- rules of security groups ---
Json& rule(Json& parameters) {
  Json& rules = parameters["IpPermissions"];
  if (rules.is_null()) rules = Json::array({Json::object()});
  return rules[0];
}

std::string protocol(const std::string& text) {
  if (auto number = python_int(text)) {
    if ((*number < 0 || *number > 255) && *number != -1)
      throw Failure(usage_status,
                    "protocol numbers must be in the range 0-255 or -1 to specify all protocols");
    return text;
  }
  if (text == "all") return "-1";
  if (text != "tcp" && text != "udp" && text != "icmp")
    throw Failure(usage_status,
                  "protocol parameter should be one of: tcp|udp|icmp|all or any valid protocol number.");
  return text;
}

void add_ports(const std::string& text, Json& parameters) {
  std::string from = text, to = text;
  if (text == "-1" || text == "all") {
    from = to = "-1";
  } else if (std::size_t dash = text.find('-'); dash != text.npos) {
    from = text.substr(0, dash);
    to = text.substr(dash + 1);
  }
  auto first = python_int(from), last = python_int(to);
  if (!first || !last)
    throw Failure(usage_status, "port parameter should be of the form <from[-to]> (e.g. 22 or 22-25)");
  rule(parameters)["FromPort"] = *first;
  rule(parameters)["ToPort"] = *last;
}

void add_group_pair(const std::string& key, const std::string& value, Json& parameters) {
  Json& pairs = rule(parameters)["UserIdGroupPairs"];
  if (pairs.is_null()) pairs = Json::array({Json::object()});
  pairs[0][key] = value;
}

// --- run-instances ---
Json& network_interface(Json& parameters) {
  Json& interfaces = parameters["NetworkInterfaces"];
  if (interfaces.is_null()) interfaces = Json::array({{{"DeviceIndex", 0}}});
  return interfaces[0];
}

void add_count(const std::string& text, Json& parameters) {
  const std::size_t colon = text.find(':');
  auto least = python_int(text.substr(0, colon));
  auto most = colon == text.npos ? least : python_int(text.substr(colon + 1));
  if (!least || !most)
    throw Failure(usage_status, "count parameter should be of form min[:max] (e.g. 1 or 1:10)");
  parameters["MinCount"] = *least;
  parameters["MaxCount"] = *most;
}

// With an interface, subnet, groups and address belong to it.
void move_into_interface(Json& parameters) {
  auto interfaces = parameters.find("NetworkInterfaces");
  if (interfaces == parameters.end() || !interfaces->is_array() || interfaces->empty()) return;
  Json& interface = (*interfaces)[0];
  if (!interface.is_object() ||
      !(interface.contains("PrivateIpAddresses") || interface.contains("SecondaryPrivateIpAddressCount") ||
        interface.contains("AssociatePublicIpAddress")))
    return;
  for (auto [from, to] : {std::pair{"SubnetId", "SubnetId"},
                          {"SecurityGroupIds", "Groups"},
                          {"Ipv6AddressCount", "Ipv6AddressCount"},
                          {"Ipv6Addresses", "Ipv6Addresses"}}) {
    if (!parameters.contains(from)) continue;
    Json value = parameters[from];
    parameters["NetworkInterfaces"][0][to] = std::move(value);
    parameters.erase(from);
  }
  if (parameters.contains("PrivateIpAddress")) {
    Json address = parameters["PrivateIpAddress"];
    parameters["NetworkInterfaces"][0]["PrivateIpAddresses"] =
        Json::array({{{"PrivateIpAddress", std::move(address)}, {"Primary", true}}});
    parameters.erase("PrivateIpAddress");
  }
}

// IAM answers its policies percent-encoded; botocore shows them as JSON where they are.
void decode_policies(const wire::Shape& shape, Json& value) {
  if (shape.kind == wire::Kind::structure && value.is_object()) {
    for (const wire::Member& member : shape.members)
      if (auto found = value.find(std::string(member.name)); found != value.end())
        decode_policies(*member.shape, *found);
  } else if (shape.kind == wire::Kind::list && value.is_array()) {
    for (Json& item : value) decode_policies(*shape.element, item);
  } else if (shape.name == "policyDocumentType" && value.is_string()) {
    Json policy = Json::parse(base::percent_decode(value.get<std::string>()), nullptr, false);
    if (!policy.is_discarded()) value = std::move(policy);
  }
}

}  // namespace

void customize_arguments(std::vector<Argument>& table, const wire::Service& service,
                         const wire::Operation& operation) {
  if (service.name != "ec2") return;
  pull_up_booleans(table);
  rename(table, "--no-egress", "--ingress");
  if (operation.name == "RunInstances")
    rename(table, "--no-disable-api-termination", "--enable-api-termination");
  if (changes_rules(service, operation))
    for (const char* name : {"protocol", "port", "cidr", "source-group", "group-owner"})
      table.push_back(custom(name));
  if (!is(service, operation, "RunInstances")) return;
  std::erase_if(table, [](const Argument& a) {
    return a.option.name == "--min-count" || a.option.name == "--max-count";
  });
  table.push_back(custom("count"));
  table.push_back(custom("secondary-private-ip-addresses", Arity::many));
  table.push_back(custom("secondary-private-ip-address-count"));
  table.back().option.type = ValueType::integer;
  for (bool on : {true, false}) {
    table.push_back(
        custom(on ? "associate-public-ip-address" : "no-associate-public-ip-address", Arity::none));
    table.back().option.constant = on;
  }
}

void check_together(const wire::Service& service, const wire::Operation& operation,
                    const ParsedArguments& parsed) {
  if (changes_rules(service, operation) && given(parsed, "ip_permissions"))
    for (const char* key : {"protocol", "port", "cidr", "source_group", "group_owner"})
      if (given(parsed, key))
        throw Failure(usage_status, "The --" + std::string(key) +
                                        " option is not compatible with the --ip-permissions option ");
  if (is(service, operation, "RunInstances") && given(parsed, "network_interfaces"))
    for (const char* key : {"secondary_private_ip_addresses", "secondary_private_ip_address_count",
                            "associate_public_ip_address"})
      if (given(parsed, key))
        throw Failure(
            usage_status,
            "Mixing the --network-interfaces option with the simple, scalar options is not supported.");
}

void add_custom(const Argument& argument, const Json& value, Json& parameters) {
  const std::string name = argument.name();
  if (value.is_string() && value.get_ref<const std::string&>().empty()) return;
  if (name == "protocol") rule(parameters)["IpProtocol"] = protocol(value.get<std::string>());
  if (name == "port") add_ports(value.get<std::string>(), parameters);
  if (name == "cidr") rule(parameters)["IpRanges"] = Json::array({{{"CidrIp", value}}});
  if (name == "source-group") {
    const auto group = value.get<std::string>();
    add_group_pair(group.starts_with("sg-") ? "GroupId" : "GroupName", group, parameters);
  }
  if (name == "group-owner") add_group_pair("UserId", value.get<std::string>(), parameters);
  if (name == "count") add_count(value.get<std::string>(), parameters);
  if (name == "secondary-private-ip-addresses") {
    Json addresses = Json::array();
    for (const Json& address : value)
      addresses.push_back({{"PrivateIpAddress", address}, {"Primary", false}});
    if (!addresses.empty()) network_interface(parameters)["PrivateIpAddresses"] = std::move(addresses);
  }
  if (name == "secondary-private-ip-address-count" && value != 0)
    network_interface(parameters)["SecondaryPrivateIpAddressCount"] = value;
  if (name.ends_with("associate-public-ip-address"))
    network_interface(parameters)["AssociatePublicIpAddress"] = value;
}

void finish_parameters(const wire::Service& service, const wire::Operation& operation, Json& parameters) {
  if (!is(service, operation, "RunInstances")) return;
  for (const char* name : {"MaxCount", "MinCount"})
    if (!parameters.contains(name)) parameters[name] = 1;
  move_into_interface(parameters);
  auto data = parameters.find("UserData");
  if (data == parameters.end()) return;
  if (data->is_binary())
    *data = base::base64_encode(
        {reinterpret_cast<const char*>(data->get_binary().data()), data->get_binary().size()});
  else if (data->is_string())
    *data = base::base64_encode(data->get<std::string>());
}

void change_answer(const wire::Service& service, const wire::Operation& operation, Json& output) {
  if (service.name == "iam" && operation.output != nullptr) decode_policies(*operation.output, output);
  if (!is(service, operation, "GetConsoleOutput")) return;
  if (auto text = output.find("Output"); text != output.end() && text->is_string())
    if (auto decoded = base::base64_decode(text->get<std::string>())) *text = *decoded;
}

}  // namespace squall::guest::aws
