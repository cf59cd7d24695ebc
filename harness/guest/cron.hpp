// cron: runs what crontabs, /etc/cron.d and the cron.hourly to cron.monthly folders ask for, at the world's
// minutes (crontab(5), Debian's 3.0pl1 and cronie).
//
// A daemon keeps the distance to UTC that it started with, as both do (set_time in cron.c): a new time zone
// is heeded when the daemon is restarted, or when summer time is found to have begun or ended.
#pragma once
#include <array>
#include <bitset>
#include <map>
#include <string>
#include <vector>

#include "harness/guest/guest.hpp"
#include "harness/guest/time_zone.hpp"

namespace squall::guest {

struct CronEntry {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;
  std::bitset<13> months;
  std::bitset<8> weekdays;  // 0 and 7 are Sunday
  bool any_day = false, any_weekday = false;
  bool at_boot = false;
  std::string user, command;
  std::map<std::string, std::string> env;

  bool due(Time minute) const;  // as the daemon's clock shows it
};

// The lines of a crontab; `user` empty: each line names its own, as in /etc/cron.d. Lines that are none are
// put into `mistakes`, as crontab(1) would complain.
std::vector<CronEntry> parse_crontab(const std::string& text, const std::string& user,
                                     std::vector<std::string>& mistakes);

class Cron {
 public:
  // `daemon` answers the process id of the unit that scripts know it by; 0 when it is not running.
  explicit Cron(Guest& guest, std::function<int()> daemon = {}) : guest_(guest), daemon_(std::move(daemon)) {}
  Cron(const Cron&) = delete;
  Cron& operator=(const Cron&) = delete;
  ~Cron() { stop(); }

  void start();    // the daemon runs from now on
  void refresh();  // files may have changed
  void stop();

 private:
  void arm();
  void run(const CronEntry& entry);
  std::vector<CronEntry> read_all();
  void look_at_clock();
  // The minute that the daemon's clock shows then.
  Time shown(Time minute) const;

  Guest& guest_;
  std::function<int()> daemon_;
  int daemon_pid_ = 0;
  TimeZone zone_;
  LocalTime kept_;
  std::vector<CronEntry> entries_;
  bool running_ = false;
  world::TimerId timer_ = 0;
};

}  // namespace squall::guest
