// See cron.hpp. One timer stands at the next minute in which something is due, at the latest in an hour, when
// the files are read again; they are also read whenever a process that the world started has ended.
#include "harness/guest/cron.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/guest/host_accounts.hpp"

namespace squall::guest {
namespace {

using std::chrono::minutes;

// "jan" or "sun" as a number; -1 for none.
int name_number(std::string_view text, std::string_view names) {
  if (text.size() != 3) return -1;
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  std::size_t at = names.find(lower);
  return at == std::string_view::npos || at % 3 != 0 ? -1 : static_cast<int>(at / 3);
}

struct FieldRange {
  int low, high;
  std::string_view names;  // three letters each
  int first_name;
};

int number_of(std::string_view text, const FieldRange& range) {
  int value = -1;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    value = name_number(text, range.names);
    if (value >= 0) value += range.first_name;
  }
  return value >= range.low && value <= range.high ? value : -1;
}

template <std::size_t size>
bool parse_field(const std::string& text, const FieldRange& range, std::bitset<size>& bits) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    int step = 1, from = range.low, to = range.high;
    std::size_t slash = part.find('/');
    if (slash != std::string::npos) {
      step = number_of(std::string_view(part).substr(slash + 1), {1, range.high + 1, {}, 0});
      if (step < 1) return false;
      part.resize(slash);
    }
    if (part != "*") {
      std::size_t dash = part.find('-');
      from = number_of(std::string_view(part).substr(0, dash), range);
      to = dash == std::string::npos ? (slash == std::string::npos ? from : range.high)
                                     : number_of(std::string_view(part).substr(dash + 1), range);
      if (from < 0 || to < from) return false;
    }
    for (int value = from; value <= to; value += step) bits.set(static_cast<std::size_t>(value));
  }
  return bits.any();
}

constexpr std::string_view month_names = "janfebmaraprmayjunjulaugsepoctnovdec";
constexpr std::string_view day_names = "sunmontuewedthufrisat";

bool parse_times(std::istringstream& words, CronEntry& entry) {
  std::array<std::string, 5> field;
  for (std::string& text : field)
    if (!(words >> text)) return false;
  entry.any_day = field[2].starts_with('*');
  entry.any_weekday = field[4].starts_with('*');
  bool good = parse_field(field[0], {0, 59, {}, 0}, entry.minutes) &&
              parse_field(field[1], {0, 23, {}, 0}, entry.hours) &&
              parse_field(field[2], {1, 31, {}, 0}, entry.days) &&
              parse_field(field[3], {1, 12, month_names, 1}, entry.months) &&
              parse_field(field[4], {0, 7, day_names, 0}, entry.weekdays);
  if (entry.weekdays[7]) entry.weekdays.set(0);
  return good;
}

const char* expand_nickname(const std::string& word) {
  if (word == "@hourly") return "0 * * * *";
  if (word == "@daily" || word == "@midnight") return "0 0 * * *";
  if (word == "@weekly") return "0 0 * * 0";
  if (word == "@monthly") return "0 0 1 * *";
  if (word == "@yearly" || word == "@annually") return "0 0 1 1 *";
  return nullptr;
}

bool is_setting(const std::string& line) {
  std::size_t equals = line.find('='), blank = line.find_first_of(" \t*@");
  return equals != std::string::npos &&
         (blank == std::string::npos || blank > equals || line.find_first_not_of(" \t", blank) == equals);
}

std::string unquoted(std::string text) {
  std::size_t begin = text.find_first_not_of(" \t");
  text = begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  bool quoted = text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  return quoted ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

bool CronEntry::due(Time minute) const {
  auto day_point = std::chrono::floor<std::chrono::days>(minute);
  std::chrono::year_month_day date{day_point};
  auto of_day = std::chrono::duration_cast<std::chrono::minutes>(minute - day_point).count();
  if (at_boot || !minutes[static_cast<std::size_t>(of_day % 60)] ||
      !hours[static_cast<std::size_t>(of_day / 60)] || !months[static_cast<unsigned>(date.month())])
    return false;
  bool day = days[static_cast<unsigned>(date.day())];
  bool weekday = weekdays[std::chrono::weekday(day_point).c_encoding()];
  // With both restricted, either will do.
  return any_day || any_weekday ? day && weekday : day || weekday;
}

std::vector<CronEntry> parse_crontab(const std::string& text, const std::string& user,
                                     std::vector<std::string>& mistakes) {
  std::vector<CronEntry> entries;
  std::map<std::string, std::string> env;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line[begin] == '#') continue;
    line.erase(0, begin);
    if (is_setting(line)) {
      env[unquoted(line.substr(0, line.find('=')))] = unquoted(line.substr(line.find('=') + 1));
      continue;
    }
    CronEntry entry{.user = user, .env = env};
    std::string rest = line;
    if (line[0] == '@') {
      std::string word = line.substr(0, line.find_first_of(" \t"));
      const char* expanded = expand_nickname(word);
      entry.at_boot = word == "@reboot";
      rest = (expanded ? expanded : "0 0 1 1 *") + line.substr(word.size());
      if (!expanded && !entry.at_boot) rest.clear();
    }
    std::istringstream words(rest);
    bool good = parse_times(words, entry);
    if (good && user.empty()) good = bool(words >> entry.user);
    if (good) std::getline(words >> std::ws, entry.command);
    if (!good || entry.command.empty())
      mistakes.push_back(line);
    else
      entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<CronEntry> Cron::read_all() {
  world::Disk& disk = guest_.disk();
  std::vector<CronEntry> all;
  std::vector<std::string> mistakes;
  auto add = [&](const std::string& text, const std::string& user) {
    for (CronEntry& entry : parse_crontab(text, user, mistakes)) all.push_back(std::move(entry));
  };
  for (const char* folder : {"/var/spool/cron/crontabs", "/var/spool/cron"})
    for (const std::string& name : disk.list(folder))
      if (!name.ends_with('/')) add(disk.read(folder + std::string("/") + name).value_or(""), name);
  add(disk.read("/etc/crontab").value_or(""), "");
  for (const std::string& name : disk.list("/etc/cron.d"))
    if (name.find('.') == std::string::npos) add(disk.read("/etc/cron.d/" + name).value_or(""), "");
  static constexpr std::pair<const char*, const char*> folders[] = {
      {"hourly", "17 * * * *"}, {"daily", "25 6 * * *"}, {"weekly", "47 6 * * 7"}, {"monthly", "52 6 1 * *"}};
  for (const auto& [name, when] : folders) {
    std::string folder = std::string("/etc/cron.") + name;
    if (!disk.list(folder).empty()) add(std::string(when) + " root cd / && run-parts " + folder + "\n", "");
  }
  return all;
}

namespace {

// Before the first process of a boot the folder of time zones is not mounted, and is read where it lies.
std::string local_time_file(Guest& guest) {
  if (auto content = guest.disk().read("/etc/localtime")) return *content;
  const std::string link = guest.disk().read_link("/etc/localtime").value_or("");
  const std::string path = (std::filesystem::path("/etc") / link).lexically_normal();
  for (const SharedFolder& shared : guest.site().image().shared_folders()) {
    if (!path.starts_with(shared.guest_path + "/")) continue;
    std::ifstream file(shared.host_path + path.substr(shared.guest_path.size()), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  return {};
}

}  // namespace

void Cron::look_at_clock() {
  const Time now = guest_.surroundings().scheduler.now();
  zone_ = TimeZone(local_time_file(guest_));
  const int pid = daemon_ ? daemon_() : 0;
  const bool started_anew = pid != daemon_pid_ && pid != 0;
  daemon_pid_ = pid;
  if (started_anew || zone_.at(now).is_summer != kept_.is_summer) kept_ = zone_.at(now);
}

Time Cron::shown(Time minute) const {
  const LocalTime& local = zone_.at(minute);
  return minute + (local.is_summer == kept_.is_summer ? kept_.offset : local.offset);
}

void Cron::start() {
  running_ = true;
  look_at_clock();
  kept_ = zone_.at(guest_.surroundings().scheduler.now());
  entries_ = read_all();
  for (const CronEntry& entry : entries_)
    if (entry.at_boot) run(entry);
  arm();
}

void Cron::refresh() {
  if (!running_) return;
  entries_ = read_all();
  arm();
}

void Cron::stop() {
  running_ = false;
  if (timer_ != 0) guest_.surroundings().scheduler.cancel(std::exchange(timer_, 0));
}

void Cron::arm() {
  world::Scheduler& scheduler = guest_.surroundings().scheduler;
  if (timer_ != 0) scheduler.cancel(std::exchange(timer_, 0));
  if (!running_ || entries_.empty()) return;
  look_at_clock();
  Time minute = std::chrono::floor<minutes>(scheduler.now()) + 1min;
  Time latest = minute + 59min;
  auto any_due = [&](Time when) {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const CronEntry& entry) { return entry.due(shown(when)); });
  };
  while (minute < latest && !any_due(minute)) minute += 1min;
  timer_ = scheduler.at(minute, [this, minute] {
    timer_ = 0;
    entries_ = read_all();
    auto due = entries_;
    look_at_clock();
    std::erase_if(due, [&](const CronEntry& entry) { return !entry.due(shown(minute)); });
    arm();
    for (const CronEntry& entry : due) run(entry);
  });
}

void Cron::run(const CronEntry& entry) {
  auto account = find_account(guest_.disk(), entry.user);
  if (!account) return guest_.syslog("CRON", 4, "(" + entry.user + ") ORPHAN (no passwd entry)");
  // A percent sign ends the command; what follows is its standard input (crontab(5)).
  std::string command, input, *into = &command;
  for (std::size_t i = 0; i < entry.command.size(); ++i) {
    bool escaped = entry.command[i] == '\\' && i + 1 < entry.command.size() && entry.command[i + 1] == '%';
    if (escaped)
      *into += entry.command[++i];
    else if (entry.command[i] != '%')
      *into += entry.command[i];
    else if (into == &command)
      into = &input;
    else
      input += '\n';
  }
  ProcessOptions options;
  options.spawn.env = {
      {"PATH", "/usr/bin:/bin"}, {"HOME", account->home}, {"LOGNAME", account->name}, {"SHELL", "/bin/sh"}};
  for (const auto& [name, value] : entry.env) options.spawn.env[name] = value;
  options.spawn.argv = {options.spawn.env["SHELL"], "-c", command};
  options.spawn.cwd = guest_.disk().is_directory(account->home) ? account->home : "/";
  options.spawn.input = input;
  options.spawn.uid = account->uid;
  options.spawn.gid = account->gid;
  options.spawn.groups = groups_of(guest_.disk(), account->name);
  options.spawn.merge_output = true;
  guest_.syslog("CRON", 6, "(" + entry.user + ") CMD (" + entry.command + ")");
  auto said = std::make_shared<std::string>();
  options.output = [said](std::string_view bytes, bool) { *said += bytes; };
  options.ended = [this, said, user = entry.user, command](int status) {
    if (!said->empty()) guest_.syslog("CRON", 6, "(CRON) info (No MTA installed, discarding output)");
    guest_.trace({.kind = "cron",
                  .argv = {user, command},
                  .output_hash = base::hash64(*said),
                  .exit_code = status,
                  .text = *said});
  };
  guest_.start_process(std::move(options));
}

}  // namespace squall::guest
