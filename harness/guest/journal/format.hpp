// How journalctl and `systemctl status` print an entry (logs-show.c).
#pragma once
#include <string>
#include <vector>

#include "harness/guest/journal/journal.hpp"

namespace squall::guest::journal {

// "Nov 22 02:24:46 vaulthost vault[1234]: message".
std::string format_short(const Entry& entry, const std::string& hostname);

struct OutputStyle {
  std::string format = "short";     // of output_formats()
  std::string hostname;             // empty: --no-hostname
  std::vector<std::string> fields;  // --output-fields; empty: all
};
const std::vector<std::string>& output_formats();
// The entry with its newline(s). `index` is its place in the journal, for the cursor.
std::string format_entry(const Journal& journal, const Entry& entry, std::size_t index,
                         const OutputStyle& style);
std::string cursor_of(const Journal& journal, const Entry& entry, std::size_t index);
// "FIELD=value" of the entry, as matches and JSON know it, in a fixed order.
std::vector<std::pair<std::string, std::string>> fields_of(const Journal& journal, const Entry& entry,
                                                           const std::string& hostname);

}  // namespace squall::guest::journal
