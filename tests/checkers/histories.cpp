#include "tests/checkers/histories.hpp"

#include <charconv>
#include <stdexcept>

#include "harness/checkers/interner.hpp"
#include "tests/replay/gzip_file.hpp"

namespace squall::checkers {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::runtime_error("no number: " + std::string(text));
  return value;
}

Action action_of(std::string_view letter) {
  constexpr std::string_view letters = "rwcadtlu";
  constexpr Action actions[] = {Action::read,   Action::write,    Action::compare_and_set, Action::add,
                                Action::remove, Action::contains, Action::acquire,         Action::release};
  auto at = letter.size() == 1 ? letters.find(letter) : letters.npos;
  if (at == letters.npos) throw std::runtime_error("no action: " + std::string(letter));
  return actions[at];
}

Operation operation_of(std::string_view text) {
  auto members = split(text, ',');
  if (members.size() != 11) throw std::runtime_error("no operation: " + std::string(text));
  Operation one;
  one.client = static_cast<int>(number(members[0]));
  one.key = members[1];
  one.action = action_of(members[2]);
  one.argument = number(members[3]);
  one.expected = number(members[4]);
  one.result = number(members[5]);
  one.version = number(members[6]);
  one.started = Time(Duration(number(members[7])));
  one.ended = Time(Duration(number(members[8])));
  one.outcome = members[9] == "o" ? Outcome::ok : members[9] == "r" ? Outcome::refused : Outcome::unknown;
  if (!members[10].empty())
    for (std::string_view element : split(members[10], ':')) one.elements.push_back(number(element));
  return one;
}

// A list to append to (add) or to begin anew (write): a model that only the tests need. A list is the one
// that it was without its last element, and that element.
class List final : public Model {
 public:
  State initial() override { return lists_.number({0, nothing}); }
  std::optional<State> step(State state, const Operation& operation) override {
    if (operation.action == Action::read)
      return operation.outcome != Outcome::ok || is(state, operation.elements) ? std::optional(state)
                                                                               : std::nullopt;
    const State before = operation.action == Action::write ? initial() : state;
    return operation.argument == nothing ? before : lists_.number({before, operation.argument});
  }
  bool pure(const Operation& operation) const override { return operation.action == Action::read; }
  bool knows(Action action) const override {
    return action == Action::read || action == Action::write || action == Action::add;
  }
  std::size_t bytes() const override { return lists_.bytes(); }

 private:
  std::string asked(const Operation& operation) const override {
    if (operation.action == Action::read) return "read()";
    return (operation.action == Action::write ? "write(" : "append(") + std::to_string(operation.argument) +
           ')';
  }
  std::string answered(const Operation& operation) const override {
    if (operation.action != Action::read) return {};
    return " = " + std::to_string(operation.elements.size()) + " elements";
  }

  bool is(State state, const std::vector<std::int64_t>& elements) {
    const State empty = initial();
    for (auto at = elements.rbegin(); at != elements.rend(); ++at) {
      if (state == empty || lists_.value(state).second != *at) return false;
      state = lists_.value(state).first;
    }
    return state == empty;
  }

  Interner<std::pair<State, std::int64_t>> lists_;
};

std::unique_ptr<Model> list_model() { return std::make_unique<List>(); }

}  // namespace

std::vector<Judged> read_histories(const std::string& path) {
  const std::string text = replay::read_gzip_file(path);
  std::vector<Judged> all;
  for (std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    auto parts = split(line, ';');
    auto head = split(parts[0], ' ');
    if (head.size() != 2) throw std::runtime_error(path + ": no history: " + std::string(parts[0]));
    Judged one{std::string(head[0]), head[1] == "ok", {}};
    for (std::size_t i = 1; i < parts.size(); ++i) one.history.push_back(operation_of(parts[i]));
    all.push_back(std::move(one));
  }
  if (all.empty()) throw std::runtime_error(path + ": holds no histories");
  return all;
}

NewModel model_of(const std::string& kind) {
  if (kind == "register") return register_model;
  if (kind == "versioned") return versioned_model;
  if (kind == "set") return set_model;
  if (kind == "lock") return lease_lock_model;
  if (kind == "list") return list_model;
  throw std::runtime_error("no such model: " + kind);
}

}  // namespace squall::checkers
