#include "harness/guest/commands/command_words.hpp"

#include <algorithm>

namespace squall::guest {
namespace {

enum class Known { no, flag, with_value };

Known find_known(std::span<const std::string_view> known, std::string_view name) {
  for (std::string_view one : known) {
    if (one == name) return Known::flag;
    if (one.ends_with('=') && one.substr(0, one.size() - 1) == name) return Known::with_value;
  }
  return Known::no;
}

class WordReader {
 public:
  WordReader(const std::vector<std::string>& argv, std::span<const std::string_view> known)
      : argv_(argv), known_(known) {}

  CommandWords read() {
    for (; at_ < argv_.size() && words_.refused.empty(); ++at_) {
      const std::string& word = argv_[at_];
      if (word == "--") {
        words_.operands.insert(words_.operands.end(), argv_.begin() + static_cast<std::ptrdiff_t>(at_) + 1,
                               argv_.end());
        break;
      }
      if (word.starts_with("--"))
        take_long(word);
      else if (word.size() > 1 && word[0] == '-')
        take_letters(word);
      else
        words_.operands.push_back(word);
    }
    return std::move(words_);
  }

 private:
  void take_long(const std::string& word) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(2, equals - 2);
    const Known known = find_known(known_, name);
    if (known == Known::no)
      words_.refused = word;
    else if (equals < word.size())
      words_.options.emplace_back(name, word.substr(equals + 1));
    else
      words_.options.emplace_back(name, known == Known::with_value ? next_word() : "");
  }

  // "-qqy", "-oA::B=c", "-o A::B=c"; apt takes "-q=2" as well.
  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string letter(1, word[i]);
      const Known known = find_known(known_, letter);
      const bool assigned = i + 1 < word.size() && word[i + 1] == '=';
      if (known == Known::no) {
        words_.refused = word.size() == 2 ? word : "-" + letter;
        return;
      }
      if (known == Known::with_value || assigned) {
        std::string rest = word.substr(i + (assigned ? 2 : 1));
        words_.options.emplace_back(letter, rest.empty() ? next_word() : rest);
        return;
      }
      words_.options.emplace_back(letter, "");
    }
  }

  std::string next_word() { return at_ + 1 < argv_.size() ? argv_[++at_] : std::string(); }

  const std::vector<std::string>& argv_;
  std::span<const std::string_view> known_;
  std::size_t at_ = 1;
  CommandWords words_;
};

}  // namespace

bool CommandWords::has(std::string_view option) const {
  return std::any_of(options.begin(), options.end(), [&](const auto& one) { return one.first == option; });
}

std::string CommandWords::value(std::string_view option) const {
  std::string last;
  for (const auto& [name, text] : options)
    if (name == option) last = text;
  return last;
}

CommandWords read_command_words(const std::vector<std::string>& argv,
                                std::span<const std::string_view> known) {
  return WordReader(argv, known).read();
}

bool is_among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void refuse(program::Context& context, const std::string& what) {
  const std::string& path = context.invocation().argv[0];
  context.err(path.substr(path.find_last_of('/') + 1) + ": " + what + " is not served by Squall's guests\n");
}

bool refuses_option(program::Context& context, const CommandWords& words) {
  if (words.refused.empty()) return false;
  refuse(context, words.refused);
  return true;
}

}  // namespace squall::guest
