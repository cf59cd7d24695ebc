#include "emulator/wire/pattern.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/wire/code_points.hpp"
#include "emulator/wire/utf8.hpp"

namespace squall::wire {
namespace {

struct Unsupported {};  // for this engine

enum class Op { character, split, begin, end, match };
struct Instruction {
  Op op;
  std::size_t next = 0, other = 0;  // where to go on; `other` of a split
  std::size_t set = 0;
};
using Program = std::vector<Instruction>;
constexpr std::size_t max_program = 20'000;
constexpr int unlimited = -1;

struct Node {
  enum class Kind { set, begin, end, sequence, choice, repeat } kind;
  std::vector<Node> children = {};
  std::size_t set = 0;
  int min = 0, max = 0;  // of a repeat
};

// Expression -> tree, by recursive descent; patterns come from the model, not from clients.
class Parser {
 public:
  Parser(std::string_view text, std::vector<CodePoints>& sets) : text_(text), sets_(sets) {}

  Node parse() {
    Node whole = choice();
    if (at_ != text_.size()) throw Unsupported{};
    return whole;
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char peek() const { return text_[at_]; }
  bool accept(char c) {
    if (!more() || peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) throw Unsupported{};
  }

  Node choice() {
    Node out{Node::Kind::choice};
    do out.children.push_back(sequence());
    while (accept('|'));
    return out;
  }

  Node sequence() {
    Node out{Node::Kind::sequence};
    while (more() && peek() != '|' && peek() != ')') out.children.push_back(quantified(atom()));
    return out;
  }

  Node atom() {
    if (accept('(')) {
      if (accept('?')) expect(':');
      Node inner = choice();
      expect(')');
      return inner;
    }
    if (accept('^')) return {Node::Kind::begin};
    if (accept('$')) return {Node::Kind::end};
    if (accept('.')) return set(CodePoints{{'\n', '\n'}, {'\r', '\r'}}.complement());
    if (accept('[')) return set(bracket());
    if (accept('\\')) return set(escape());
    if (!more() || peek() == '*' || peek() == '+' || peek() == '?') throw Unsupported{};
    char32_t c = next_code_point(text_, at_);
    return set({{c, c}});
  }

  Node quantified(Node inner) {
    int min = 1, max = 1;
    if (accept('*')) {
      min = 0, max = unlimited;
    } else if (accept('+')) {
      max = unlimited;
    } else if (accept('?')) {
      min = 0;
    } else if (accept('{')) {
      min = number();
      max = !accept(',') ? min : more() && peek() != '}' ? number() : unlimited;
      expect('}');
    } else {
      return inner;
    }
    accept('?');  // lazy or greedy is all one to a whole match
    Node out{Node::Kind::repeat};
    out.min = min, out.max = max;
    out.children.push_back(std::move(inner));
    return out;
  }

  int number() {
    int value = 0;
    if (!more() || peek() < '0' || peek() > '9') throw Unsupported{};
    while (more() && peek() >= '0' && peek() <= '9' && value < 100'000)
      value = value * 10 + (text_[at_++] - '0');
    return value;
  }

  CodePoints bracket() {
    CodePoints out;
    bool negated = accept('^');
    bool first = true;
    while (first || !accept(']')) {
      if (!more()) throw Unsupported{};
      CodePoints left = member();
      first = false;
      char32_t low = single_;
      // A dash before the end, or after a class, stands for itself.
      if (low != not_single && at_ + 1 < text_.size() && peek() == '-' && text_[at_ + 1] != ']') {
        std::size_t dash = at_++;
        member();
        if (single_ != not_single && single_ >= low) {
          out.add(low, single_);
          continue;
        }
        at_ = dash;
      }
      out.add(left);
    }
    return negated ? out.complement() : out;
  }

  // One member of a class; single_ is the character if it is one.
  CodePoints member() {
    if (accept('\\')) return escape();
    single_ = next_code_point(text_, at_);
    return {{single_, single_}};
  }

  CodePoints escape() {
    if (!more()) throw Unsupported{};
    char c = text_[at_++];
    single_ = not_single;
    switch (c) {
      case 'd':
        return CodePoints::digits();
      case 'D':
        return CodePoints::digits().complement();
      case 'w':
        return CodePoints::word();
      case 'W':
        return CodePoints::word().complement();
      case 's':
        return CodePoints::space();
      case 'S':
        return CodePoints::space().complement();
      case 'p':
        return property();
      case 'n':
        return one('\n');
      case 'r':
        return one('\r');
      case 't':
        return one('\t');
      case 'u':
        return one(hexadecimal(4));
      case 'x':
        return one(hexadecimal(2));
      default:
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) throw Unsupported{};
        return one(static_cast<unsigned char>(c));
    }
  }

  CodePoints one(char32_t c) {
    single_ = c;
    return {{c, c}};
  }

  CodePoints property() {
    expect('{');
    std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) throw Unsupported{};
    std::string_view name = text_.substr(at_, end - at_);
    at_ = end + 1;
    return CodePoints::category(name);
  }

  char32_t hexadecimal(int digits) {
    char32_t value = 0;
    for (int i = 0; i < digits; ++i) {
      char c = more() ? text_[at_++] : ' ';
      int digit = c >= '0' && c <= '9'   ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
      if (digit < 0) throw Unsupported{};
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  }

  Node set(CodePoints points) {
    sets_.push_back(std::move(points));
    Node out{Node::Kind::set};
    out.set = sets_.size() - 1;
    return out;
  }

  static constexpr char32_t not_single = 0xFFFFFFFF;
  std::string_view text_;
  std::vector<CodePoints>& sets_;
  std::size_t at_ = 0;
  char32_t single_ = not_single;
};

// Tree -> program, from the end to the front: each node is told where to go on.
class Compiler {
 public:
  explicit Compiler(Program& program) : program_(program) {}

  std::size_t compile(const Node& node, std::size_t next) {
    switch (node.kind) {
      case Node::Kind::set:
        return add({Op::character, next, 0, node.set});
      case Node::Kind::begin:
        return add({Op::begin, next});
      case Node::Kind::end:
        return add({Op::end, next});
      case Node::Kind::sequence:
        for (auto it = node.children.rbegin(); it != node.children.rend(); ++it) next = compile(*it, next);
        return next;
      case Node::Kind::choice: {
        std::size_t entry = compile(node.children.back(), next);
        for (auto it = node.children.rbegin() + 1; it != node.children.rend(); ++it) {
          std::size_t branch = compile(*it, next);
          entry = add({Op::split, branch, entry});
        }
        return entry;
      }
      case Node::Kind::repeat:
        return repeat(node, next);
    }
    throw Unsupported{};
  }

 private:
  std::size_t repeat(const Node& node, std::size_t next) {
    const Node& inner = node.children.front();
    if (node.max == unlimited) {
      std::size_t loop = add({Op::split, 0, next});
      std::size_t body = compile(inner, loop);
      program_[loop].next = body;
      next = loop;
    } else {
      std::size_t out = next;
      for (int i = node.min; i < node.max; ++i) {
        std::size_t body = compile(inner, next);
        next = add({Op::split, body, out});
      }
    }
    for (int i = 0; i < node.min; ++i) next = compile(inner, next);
    return next;
  }

  std::size_t add(Instruction instruction) {
    if (program_.size() >= max_program) throw Unsupported{};
    program_.push_back(instruction);
    return program_.size() - 1;
  }

  Program& program_;
};

// The states that a run is in: each instruction at most once.
class States {
 public:
  explicit States(const Program& program) : program_(&program), seen_(program.size(), 0) {}

  void clear() {
    ++generation_;
    waiting_.clear();
    matched_ = false;
  }

  // Adds `entry` and all that can be reached from it without a character.
  void add(std::size_t entry, bool at_begin, bool at_end) {
    pending_.push_back(entry);
    while (!pending_.empty()) {
      std::size_t at = pending_.back();
      pending_.pop_back();
      if (seen_[at] == generation_) continue;
      seen_[at] = generation_;
      const Instruction& instruction = (*program_)[at];
      switch (instruction.op) {
        case Op::character:
          waiting_.push_back(at);
          break;
        case Op::split:
          pending_.push_back(instruction.next);
          pending_.push_back(instruction.other);
          break;
        case Op::begin:
          if (at_begin) pending_.push_back(instruction.next);
          break;
        case Op::end:
          if (at_end) pending_.push_back(instruction.next);
          break;
        case Op::match:
          matched_ = true;
          break;
      }
    }
  }

  const std::vector<std::size_t>& waiting() const { return waiting_; }
  bool matched() const { return matched_; }

 private:
  const Program* program_;
  std::vector<unsigned> seen_;
  std::vector<std::size_t> waiting_, pending_;
  unsigned generation_ = 0;
  bool matched_ = false;
};

}  // namespace

struct Pattern::Impl {
  std::vector<CodePoints> sets;
  Program program;
  std::size_t entry = 0;
  std::unique_ptr<std::regex> fallback;

  bool run(std::string_view text) const {
    States now(program), next(program);
    now.clear();
    now.add(entry, true, text.empty());
    for (std::size_t at = 0; at < text.size();) {
      char32_t c = next_code_point(text, at);
      next.clear();
      for (std::size_t state : now.waiting())
        if (sets[program[state].set].contains(c)) next.add(program[state].next, false, at == text.size());
      std::swap(now, next);
      if (now.waiting().empty() && at < text.size()) return false;
    }
    return now.matched();
  }
};

Pattern::Pattern(std::string_view expression) : impl_(std::make_unique<Impl>()) {
  try {
    Node tree = Parser(expression, impl_->sets).parse();
    impl_->program.push_back({Op::match});
    impl_->entry = Compiler(impl_->program).compile(tree, 0);
  } catch (const Unsupported&) {
    try {
      impl_->fallback = std::make_unique<std::regex>(expression.begin(), expression.end());
    } catch (const std::regex_error& error) {
      throw std::invalid_argument(std::string(expression) + ": " + error.what());
    }
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;

bool Pattern::matches(std::string_view text) const {
  if (!impl_->fallback) return impl_->run(text);
  return text.size() <= 512 && std::regex_match(text.begin(), text.end(), *impl_->fallback);
}

}  // namespace squall::wire
