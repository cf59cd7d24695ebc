#include "harness/guest/systemd/unit_file.hpp"

#include "harness/guest/systemd/text.hpp"

namespace squall::guest::systemd {
namespace {

struct Reader {
  UnitFile& file;
  std::string section;

  void warn(int line, const std::string& text) {
    file.messages.push_back(
        {journal::Priority::warning, file.path + ":" + std::to_string(line) + ": " + text});
  }

  // `text` is one logical line, its blanks at both ends gone.
  void line(const std::string& text, int number) {
    if (text.empty()) return;
    if (text.front() == '[') {
      if (text.back() != ']') {
        file.messages.push_back({journal::Priority::err, file.path + ":" + std::to_string(number) +
                                                             ": Invalid section header '" + text + "'"});
        return;
      }
      section = text.substr(1, text.size() - 2);
      return;
    }
    if (section.empty()) return warn(number, "Assignment outside of section. Ignoring.");
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) return warn(number, "Missing '=', ignoring line.");
    if (equals == 0) return warn(number, "Missing key name before '=', ignoring line.");
    file.settings.push_back({section, trim(text.substr(0, equals)), trim(text.substr(equals + 1)), number});
  }
};

}  // namespace

UnitFile parse_unit_file(const std::string& path, std::string_view text) {
  UnitFile file{path, {}, {}};
  Reader reader{file, {}};
  std::string logical;
  bool continued = false;
  int number = 0, first = 0;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view raw = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    const std::string line = trim(raw);
    // A comment inside a continued value is skipped; it does not end the value.
    if (!line.empty() && (line[0] == '#' || line[0] == ';')) continue;
    if (!continued) first = number;
    const bool more = !line.empty() && line.back() == '\\' && raw.back() == '\\';
    if (more) {
      // Backslash and newline become one blank.
      logical += line.substr(0, line.size() - 1) + " ";
      continued = true;
      continue;
    }
    logical += line;
    reader.line(trim(logical), first);
    logical.clear();
    continued = false;
  }
  if (continued) reader.line(trim(logical), first);
  return file;
}

}  // namespace squall::guest::systemd
