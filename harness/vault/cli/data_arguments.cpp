#include "harness/vault/cli/data_arguments.hpp"

#include <optional>

namespace squall::vault::cli {

namespace {

class DataBuilder {
 public:
  explicit DataBuilder(Session& session) : session_(session) {}

  // Answers what is wrong with the argument; empty if nothing is.
  world::Task<std::string> add(std::string argument) {
    if (argument.empty()) co_return "";
    const auto equals = argument.find('=');
    if (equals == std::string::npos) co_return co_await add_object(std::move(argument));
    const std::string key = argument.substr(0, equals);
    std::string value = argument.substr(equals + 1);
    if (value.starts_with('@')) {
      std::string problem;
      value = read_file(value.substr(1), problem);
      if (!problem.empty()) co_return "error reading file: " + problem;
    } else if (value.starts_with("\\@")) {
      value.erase(0, 1);
    } else if (value == "-") {
      if (input_taken_) co_return "stdin already consumed";
      input_taken_ = true;
      value = co_await session_.context().read_input();
    }
    put(key, std::move(value));
    co_return "";
  }

  Value take() {
    data_.sort();
    return std::move(data_);
  }

 private:
  world::Task<std::string> add_object(std::string argument) {
    std::string content;
    if (argument == "-") {
      if (input_taken_) co_return "stdin already consumed";
      input_taken_ = true;
      content = co_await session_.context().read_input();
    } else if (argument[0] == '@') {
      std::string problem;
      content = read_file(argument.substr(1), problem);
      if (!problem.empty()) co_return problem;
    } else {
      co_return "format must be key=value";
    }
    const ParsedValue parsed = parse_json(content);
    if (!parsed.value) co_return parsed.error;
    if (!parsed.value->is(Value::Kind::object)) {
      const char* kind = parsed.value->is(Value::Kind::array)     ? "array"
                         : parsed.value->is(Value::Kind::boolean) ? "bool"
                         : parsed.value->is(Value::Kind::number)  ? "number"
                                                                  : "string";
      co_return std::string("json: cannot unmarshal ") + kind +
          " into Go value of type map[string]interface {}";
    }
    for (const Value::Member& member : parsed.value->members) data_.set(member.first, member.second);
    co_return "";
  }

  // The text of a file, or in `problem` why there is none.
  std::string read_file(const std::string& path, std::string& problem) {
    try {
      const auto text =
          path.empty() ? std::nullopt : session_.context().disk().read(session_.context().resolve(path));
      if (!text) problem = "open " + path + ": no such file or directory";
      return text.value_or("");
    } catch (const world::DiskError& error) {  // a directory
      problem = error.what();
      return {};
    }
  }

  void put(const std::string& key, std::string value) {
    const Value* present = data_.find(key);
    if (!present) {
      data_.set(key, Value::of(std::move(value)));
      return;
    }
    Value list = *present;
    if (!list.is(Value::Kind::array)) {
      list = Value();
      list.kind = Value::Kind::array;
      list.items.push_back(*present);
    }
    list.items.push_back(Value::of(std::move(value)));
    data_.set(key, std::move(list));
  }

  Session& session_;
  Value data_ = Value::object();
  bool input_taken_ = false;
};

}  // namespace

world::Task<Value> parse_data(Session& session, std::vector<std::string> arguments, std::string failure) {
  DataBuilder builder(session);
  for (const std::string& argument : arguments) {
    const std::string wrong = co_await builder.add(argument);
    if (!wrong.empty())
      throw Failure(1, failure + "invalid key/value pair " + quoted(argument) + ": " + wrong);
  }
  co_return builder.take();
}

world::Task<std::map<std::string, std::string>> parse_texts(Session& session,
                                                            std::vector<std::string> arguments,
                                                            std::string failure) {
  const Value data = co_await parse_data(session, std::move(arguments), std::move(failure));
  std::map<std::string, std::string> texts;
  for (const Value::Member& member : data.members) {
    const bool flag = member.second.is(Value::Kind::boolean);
    texts[member.first] =
        flag ? (member.second.boolean ? "1" : "0") : printed(member.second);  // mapstructure's way
  }
  co_return texts;
}

}  // namespace squall::vault::cli
