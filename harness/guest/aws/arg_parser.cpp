#include "harness/guest/aws/arg_parser.hpp"

#include <algorithm>
#include <charconv>

#include "harness/guest/aws/choices.hpp"
#include "harness/guest/aws/failure.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

bool negative_number(const std::string& text) {
  if (text.size() < 2 || text[0] != '-') return false;
  std::size_t at = 1, digits = 0;
  while (at < text.size() && isdigit(static_cast<unsigned char>(text[at]))) ++at, ++digits;
  if (at == text.size()) return true;
  if (text[at] != '.') return false;
  const std::size_t fraction = ++at;
  while (at < text.size() && isdigit(static_cast<unsigned char>(text[at]))) ++at;
  return at == text.size() && at > fraction;
}

class Parser {
 public:
  Parser(const std::vector<Option>& options, const Positional& positional,
         const std::vector<std::string>& arguments)
      : options_(options), positional_(positional), arguments_(arguments) {
    bool rest = false;
    for (const std::string& argument : arguments) {
      words_.push_back(rest ? Word{} : classify(argument));
      if (argument == "--") rest = true;
    }
  }

  ParsedArguments run() {
    while (at_ < arguments_.size()) {
      if (words_[at_].looks_like_option)
        take_option();
      else
        take_word();
    }
    check_required();
    return std::move(out_);
  }

 private:
  struct Word {
    bool looks_like_option = false;
    const Option* option = nullptr;
    std::optional<std::string> value{};  // behind '='
  };

  Word classify(const std::string& argument) const {
    if (argument.size() < 2 || argument[0] != '-' || argument == "--") return {};
    if (const Option* exact = find(argument)) return {true, exact};
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != argument.npos) value = argument.substr(equals + 1);
    if (value)
      if (const Option* exact = find(name)) return {true, exact, value};
    std::vector<const Option*> candidates;
    if (argument.starts_with("--"))
      for (const Option& option : options_)
        if (option.name.starts_with(name)) candidates.push_back(&option);
    if (candidates.size() > 1) fail_ambiguous(argument, candidates);
    if (candidates.size() == 1) return {true, candidates[0], value};
    if (negative_number(argument) || argument.find(' ') != argument.npos) return {};
    return {true, nullptr};
  }

  const Option* find(const std::string& name) const {
    for (const Option& option : options_)
      if (option.name == name) return &option;
    return nullptr;
  }

  [[noreturn]] static void fail_ambiguous(const std::string& argument,
                                          const std::vector<const Option*>& candidates) {
    std::string names;
    for (const Option* candidate : candidates) names += (names.empty() ? "" : ", ") + candidate->name;
    throw usage_failure("ambiguous option: " + argument + " could match " + names);
  }

  void take_word() {
    const std::string& word = arguments_[at_++];
    if (word == "--") return;
    if (out_.positional || (positional_.name.empty())) {
      out_.remaining.push_back(word);
      return;
    }
    if (!positional_.choices.empty() &&
        std::find(positional_.choices.begin(), positional_.choices.end(), word) == positional_.choices.end())
      throw usage_failure("argument " + positional_.name + ": " + invalid_choice(word, positional_.choices));
    out_.positional = word;
  }

  void take_option() {
    const Word& word = words_[at_];
    const std::string& argument = arguments_[at_++];
    if (word.option == nullptr) {
      out_.remaining.push_back(argument);
      return;
    }
    const Option& option = *word.option;
    std::vector<std::string> values;
    if (word.value) {
      if (option.arity == Arity::none)
        throw fail(option, "ignored explicit argument " + jmespath::python_repr(*word.value));
      values.push_back(*word.value);
    } else {
      const std::size_t most = option.arity == Arity::none ? 0
                               : option.arity == Arity::one || option.arity == Arity::optional
                                   ? 1
                                   : arguments_.size();
      while (values.size() < most && at_ < arguments_.size() && !words_[at_].looks_like_option &&
             arguments_[at_] != "--")
        values.push_back(arguments_[at_++]);
    }
    store(option, values);
  }

  void store(const Option& option, const std::vector<std::string>& values) {
    Json& out = out_.values[option.destination];
    switch (option.arity) {
      case Arity::none:
        out = option.constant;
        return;
      case Arity::one:
        if (values.empty()) throw fail(option, "expected one argument");
        out = convert(option, values[0]);
        return;
      case Arity::optional:
        out = values.empty() ? Json(nullptr) : convert(option, values[0]);
        return;
      case Arity::at_least_one:
        if (values.empty()) throw fail(option, "expected at least one argument");
        [[fallthrough]];
      case Arity::many:
        out = Json::array();
        for (const std::string& value : values) out.push_back(convert(option, value));
        return;
    }
  }

  static Json convert(const Option& option, const std::string& value) {
    if (!option.choices.empty() &&
        std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
      throw fail(option, invalid_choice(value, option.choices));
    if (option.type == ValueType::integer) {
      if (auto number = python_int(value)) return *number;
      throw fail(option, "invalid int value: " + jmespath::python_repr(value));
    }
    if (option.type == ValueType::real) {
      double number = 0;
      const char* end = value.data() + value.size();
      if (auto read = std::from_chars(value.data(), end, number); read.ec == std::errc{} && read.ptr == end)
        return number;
      throw fail(option, "invalid float value: " + jmespath::python_repr(value));
    }
    return value;
  }

  static Failure fail(const Option& option, const std::string& message) {
    return usage_failure("argument " + option.name + ": " + message);
  }

  void check_required() const {
    std::string missing;
    auto add = [&](const std::string& name) { missing += (missing.empty() ? "" : ", ") + name; };
    for (const Option& option : options_)
      if (option.required && !out_.values.contains(option.destination)) add(option.name);
    if (positional_.required && !positional_.name.empty() && !out_.positional) add(positional_.name);
    if (!missing.empty()) throw usage_failure("the following arguments are required: " + missing);
  }

  const std::vector<Option>& options_;
  const Positional& positional_;
  const std::vector<std::string>& arguments_;
  std::vector<Word> words_;
  std::size_t at_ = 0;
  ParsedArguments out_;
};

}  // namespace

std::optional<std::int64_t> python_int(std::string text) {
  const std::size_t first = text.find_first_not_of(" \t\n\r\f\v");
  if (first == text.npos) return {};
  text = text.substr(first, text.find_last_not_of(" \t\n\r\f\v") - first + 1);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Single underscores may stand between digits.
    if (text[i] == '_' && i > 0 && i + 1 < text.size() && isdigit(static_cast<unsigned char>(text[i - 1])) &&
        isdigit(static_cast<unsigned char>(text[i + 1])))
      continue;
    if (!(text[i] == '+' && i == 0)) digits += text[i];
  }
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  auto read = std::from_chars(digits.data(), end, number);
  if (digits.empty() || read.ec != std::errc{} || read.ptr != end) return {};
  return number;
}

ParsedArguments parse_arguments(const std::vector<Option>& options, const Positional& positional,
                                const std::vector<std::string>& arguments) {
  return Parser(options, positional, arguments).run();
}

}  // namespace squall::guest::aws
