#include "harness/vault/cli/value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/vault/go/json_decode.hpp"

namespace squall::vault::cli {

namespace {

constexpr std::size_t kMaxDepth = 512;

// Builds a Value from nlohmann's event stream, which hands over the literal of every non-integer number.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(Value::of(value)); }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& literal) override { return number(literal); }
  bool string(string_t& text) override { return add(Value::of(std::move(text))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::Kind::object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::Kind::array); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    keys_.back() = name;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }
  bool too_deep() const { return stack_.size() >= kMaxDepth; }
  Value take() { return std::move(root_); }

 private:
  bool number(std::string literal) {
    Value value;
    value.kind = Value::Kind::number;
    value.literal = std::move(literal);
    return add(std::move(value));
  }
  bool open(Value::Kind kind) {
    if (stack_.size() >= kMaxDepth) return false;
    stack_.emplace_back();
    stack_.back().kind = kind;
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return add(std::move(done));
  }
  bool add(Value value) {
    if (stack_.empty()) {
      root_ = std::move(value);
    } else if (stack_.back().is(Value::Kind::array)) {
      stack_.back().items.push_back(std::move(value));
    } else {
      stack_.back().set(keys_.back(), std::move(value));
    }
    return true;
  }

  std::vector<Value> stack_;
  std::vector<std::string> keys_;
  Value root_;
};

bool name_before(const Value::Member& a, const Value::Member& b) { return a.first < b.first; }

}  // namespace

Value Value::of(bool value) {
  Value result;
  result.kind = Kind::boolean;
  result.boolean = value;
  return result;
}

Value Value::of(std::int64_t value) {
  Value result;
  result.kind = Kind::number;
  result.literal = std::to_string(value);
  return result;
}

Value Value::of(std::string value) {
  Value result;
  result.kind = Kind::text;
  result.literal = std::move(value);
  return result;
}

Value Value::of(const std::vector<std::string>& values) {
  Value result;
  result.kind = Kind::array;
  for (const std::string& value : values) result.items.push_back(of(value));
  return result;
}

Value Value::object(std::vector<Member> members) {
  Value result;
  result.kind = Kind::object;
  result.members = std::move(members);
  return result;
}

const Value* Value::find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

const Value* Value::given(std::string_view name) const {
  const Value* value = find(name);
  return value && !value->is(Kind::null) ? value : nullptr;
}

void Value::set(std::string name, Value value) {
  for (Member& member : members) {
    if (member.first == name) {
      member.second = std::move(value);
      return;
    }
  }
  members.emplace_back(std::move(name), std::move(value));
}

void Value::erase(std::string_view name) {
  std::erase_if(members, [&](const Member& member) { return member.first == name; });
}

void Value::sort() {
  std::sort(members.begin(), members.end(), name_before);
  for (Member& member : members) member.second.sort();
  for (Value& item : items) item.sort();
}

std::string Value::text_of(std::string_view name) const {
  const Value* value = find(name);
  return value && value->is(Kind::text) ? value->literal : std::string();
}

std::int64_t Value::integer_of(std::string_view name) const {
  const Value* value = find(name);
  if (!value || !value->is(Kind::number)) return 0;
  return std::strtoll(value->literal.c_str(), nullptr, 10);
}

bool Value::flag_of(std::string_view name) const {
  const Value* value = find(name);
  return value && value->is(Kind::boolean) && value->boolean;
}

std::vector<std::string> Value::texts_of(std::string_view name) const {
  std::vector<std::string> texts;
  const Value* value = find(name);
  if (!value) return texts;
  for (const Value& item : value->items) {
    if (item.is(Kind::text)) texts.push_back(item.literal);
  }
  return texts;
}

ParsedValue parse_json(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto last = text.find_last_not_of(blank);
  if (last == std::string_view::npos) return {{}, "EOF"};
  text = text.substr(0, last + 1);
  Builder builder;
  if (nlohmann::json::sax_parse(text, &builder, nlohmann::json::input_format_t::json, false)) {
    Value value = builder.take();
    value.sort();
    return {std::move(value), {}};
  }
  if (builder.too_deep()) return {{}, "exceeded max depth"};
  const std::string problem = go_json_problem(std::string(text));
  // What Go would take all the same is no UTF-8.
  return {{}, problem.empty() ? "the Squall stand-in takes no JSON that is not UTF-8" : problem};
}

}  // namespace squall::vault::cli
