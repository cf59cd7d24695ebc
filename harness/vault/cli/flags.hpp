// A command's flags, parsed as Go's flag package does it: -name value, -name=value, --name; parsing stops at
// the first argument that is no flag, or after "--". Error texts are Go's.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::vault::cli {

enum class FlagKind {
  boolean,
  integer,
  duration,  // Go's, or a bare number of seconds
  text,
  list,  // may be repeated
  map,   // key=value, may be repeated
};

struct FlagSpec {
  std::string name;
  FlagKind kind = FlagKind::text;
  std::string help;
};

struct FlagError : std::runtime_error {
  using std::runtime_error::runtime_error;
  std::vector<std::string> rest;  // the arguments behind the wrong one
};

class Flags {
 public:
  // Throws FlagError.
  Flags(const std::vector<FlagSpec>& specs, const std::vector<std::string>& arguments);
  Flags() = default;

  bool has(const std::string& name) const { return values_.contains(name); }
  bool on(const std::string& name, bool fallback = false) const;
  std::int64_t integer(const std::string& name, std::int64_t fallback = 0) const;
  std::optional<Duration> duration(const std::string& name) const;
  std::string text(const std::string& name, std::string fallback = {}) const;
  std::vector<std::string> list(const std::string& name) const;
  std::map<std::string, std::string> map(const std::string& name) const;

  // What is left after the flags.
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  bool parse_one(const std::vector<FlagSpec>& specs, const std::vector<std::string>& arguments,
                 std::size_t& i);
  void take(const FlagSpec& spec, const std::string& value);

  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> arguments_;
};

// strconv.ParseBool: 1, t, T, TRUE, true, True and their opposites; nothing for anything else.
std::optional<bool> parse_go_bool(const std::string& text);
// strconv.ParseInt(text, 0, 64): decimal, 0x, 0o, 0b, underscores not taken.
std::optional<std::int64_t> parse_go_integer(const std::string& text);
// A Go duration, or a bare number of seconds.
std::optional<Duration> parse_seconds_or_duration(const std::string& text);

}  // namespace squall::vault::cli
