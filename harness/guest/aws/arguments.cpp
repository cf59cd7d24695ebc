#include "harness/guest/aws/arguments.hpp"

#include <system_error>

#include "emulator/base/encoding.hpp"
#include "harness/guest/aws/failure.hpp"
#include "harness/guest/aws/json_text.hpp"
#include "harness/guest/aws/names.hpp"
#include "harness/guest/aws/settings.hpp"
#include "harness/guest/aws/shorthand.hpp"

namespace squall::guest::aws {
namespace {

using wire::Kind;

bool is_complex(const wire::Shape& shape) {
  return shape.kind == Kind::structure || shape.kind == Kind::map || shape.kind == Kind::list;
}

std::string destination(std::string name) {
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

std::string first_text(const Json& value) {
  const Json& text = value.is_array() && !value.empty() ? value[0] : value;
  return text.is_string() ? text.get<std::string>() : std::string();
}

char first_character(const std::string& text) {
  const std::size_t at = text.find_first_not_of(" \t\n\r\f\v");
  return at == text.npos ? '\0' : text[at];
}

Json parse_json(const std::string& option, const std::string& text) {
  try {
    return read_json_text(text);
  } catch (const JsonTextError& error) {
    throw parameter_failure(option,
                            std::string("Invalid JSON: ") + error.what() + "\nJSON received: " + text);
  }
}

Json unpack_scalar(const wire::Shape& shape, Json value) {
  if (!value.is_string()) return value;
  switch (shape.kind) {
    case Kind::integer:
    case Kind::long_:
      return read_integer(value.get<std::string>());
    case Kind::float_:
    case Kind::double_:
      return read_real(value.get<std::string>());
    default:
      return value;
  }
}

Json unpack_plain(const std::string& option, const wire::Shape& shape, const Json& value);

Json unpack_list(const std::string& option, const wire::Shape& shape, const Json& value) {
  if (value.is_string() ? first_character(value.get<std::string>()) == '['
                        : value.size() == 1 && first_character(first_text(value)) == '[')
    return parse_json(option, first_text(value));
  Json out = Json::array();
  if (value.is_string()) {
    // A file:// without brackets: the CLI takes its characters one by one.
    for (char c : value.get<std::string>())
      out.push_back(unpack_plain(option, *shape.element, std::string(1, c)));
    return out;
  }
  for (const Json& item : value) {
    try {
      out.push_back(unpack_plain(option, *shape.element, item));
    } catch (const std::invalid_argument&) {
      throw parameter_failure(option, first_text(value));
    }
  }
  return out;
}

Json unpack_plain(const std::string& option, const wire::Shape& shape, const Json& value) {
  if (shape.kind == Kind::list) return unpack_list(option, shape, value);
  if (!is_complex(shape)) return unpack_scalar(shape, value);
  const std::string text = first_text(value);
  if (first_character(text) == '{') return parse_json(option, text);
  if (text.empty()) throw Failure(general_status, "string index out of range");
  throw parameter_failure(option, "Invalid JSON:\n" + text);
}

bool takes_shorthand(const wire::Shape& shape, const Json& value) {
  const char first = first_character(first_text(value));
  if (first == '[' || first == '{') return false;
  return is_complex(shape) && (shape.kind != Kind::list || is_complex(*shape.element));
}

Json unpack_shorthand(const wire::Shape& shape, const Json& value) {
  // A structure of one text, "Value", may be that text.
  if (shape.kind == Kind::structure && shape.members.size() == 1 && shape.members[0].name == "Value" &&
      shape.members[0].shape->kind == Kind::string && first_text(value).find('=') == std::string::npos)
    return {{"Value", value}};
  Json out;
  if (value.is_array()) {
    out = Json::array();
    for (const Json& item : value) out.push_back(parse_shorthand(item.get<std::string>()));
  } else {
    out = parse_shorthand(value.get<std::string>());
  }
  fit_to_shape(out, shape);
  return out;
}

}  // namespace

void add_member_arguments(std::vector<Argument>& table, const wire::Operation&, const wire::Member& member) {
  const std::string name = kebab_case(member.name);
  Argument argument{.member = &member};
  argument.option = {.name = "--" + name, .destination = destination(name)};
  argument.option.required = member.required && !member.idempotency_token;
  switch (member.shape->kind) {
    case Kind::list:
      argument.option.arity = Arity::many;
      break;
    case Kind::long_:
      argument.option.type = ValueType::integer;
      break;
    case Kind::float_:
    case Kind::double_:
      argument.option.type = ValueType::real;
      break;
    case Kind::boolean: {
      // Neither of the two is required: the CLI leaves that to the validation of parameters.
      argument.option.arity = Arity::none;
      argument.option.constant = true;
      argument.option.required = false;
      table.push_back(argument);
      argument.option.name = "--no-" + name;
      argument.option.constant = false;
      break;
    }
    default:
      break;
  }
  table.push_back(std::move(argument));
}

Json read_paramfile(program::Context& context, const std::string& option, Json value) {
  if (value.is_array() && value.size() == 1 && value[0].is_string()) {
    if (!first_text(value).starts_with("file://") && !first_text(value).starts_with("fileb://")) return value;
    value = value[0];
  }
  if (!value.is_string()) return value;
  const std::string text = value.get<std::string>();
  const bool bytes = text.starts_with("fileb://");
  if (!bytes && !text.starts_with("file://")) return value;
  std::string path = text.substr(bytes ? 8 : 7);
  if (path == "~" || path.starts_with("~/")) path = context.env("HOME", "/root") + path.substr(1);
  path = expand_variables(context, path);
  std::optional<std::string> content;
  try {
    content = context.disk().read(context.resolve(path));
  } catch (const world::DiskError& error) {
    throw parameter_failure(
        option, "Unable to load paramfile " + text + ": [Errno " + std::to_string(error.errno_value) + "] " +
                    std::generic_category().message(error.errno_value) + ": '" + path + "'");
  }
  if (!content)
    throw parameter_failure(
        option, "Unable to load paramfile " + text + ": [Errno 2] No such file or directory: '" + path + "'");
  if (bytes) return Json::binary({content->begin(), content->end()});
  if (!base::valid_utf8(*content))
    throw parameter_failure(option, "Unable to load paramfile (" + path +
                                        "), text contents could not be decoded.  If this is a binary file, "
                                        "please use the fileb:// prefix instead of the file:// prefix.");
  return *content;
}

Json unpack_value(program::Context& context, const Argument& argument, Json value) {
  const wire::Shape& shape = *argument.member->shape;
  value = read_paramfile(context, argument.option.name, std::move(value));
  if (value.is_binary() || shape.kind == Kind::boolean) return value;
  if (!takes_shorthand(shape, value)) return unpack_plain(argument.option.name, shape, value);
  try {
    return unpack_shorthand(shape, value);
  } catch (const ShorthandError& error) {
    throw parameter_failure(argument.option.name, error.what());
  }
}

}  // namespace squall::guest::aws
