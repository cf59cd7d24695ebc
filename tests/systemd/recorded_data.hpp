// The recorded files of this folder, and the part of one below a heading.
#pragma once
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "tests/support/transcript.hpp"

namespace squall::testing {

inline std::string read_recorded(const std::string& name) {
  std::ifstream file(std::string(SQUALL_SOURCE_DIR) + "/tests/systemd/data/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text from the heading ("### X1: ...") to the next one.
inline std::string recorded_part(const std::string& heading) {
  const std::string all = "\n" + read_recorded("service_manager.md");
  const std::size_t begin = all.find("\n" + heading + "\n");
  if (begin == std::string::npos) throw std::runtime_error("not recorded: " + heading);
  return all.substr(begin, all.find("\n##", begin + 1) - begin);
}

// "name SEPARATOR reason" lines of a list of differences.
inline std::map<std::string, std::string> listed_differences(const std::string& file,
                                                             const std::string& separator) {
  std::map<std::string, std::string> listed;
  for (const std::string& line : lines_of(read_recorded(file)))
    if (const std::size_t at = line.find(separator); at != std::string::npos && !line.starts_with("#"))
      listed[line.substr(0, at)] = line.substr(at + separator.size());
  return listed;
}

}  // namespace squall::testing
