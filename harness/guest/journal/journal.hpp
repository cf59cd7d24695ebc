// One instance's journal: what PID 1, the services and logger(1) wrote, boot after boot (systemd-journald
// 252). Pure data: no clock of its own. It outlives a boot only where /var/log/journal exists, as on
// Debian 12.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.hpp"

namespace squall::guest::journal {

enum class Priority { emerg, alert, crit, err, warning, notice, info, debug };

struct Entry {
  Time time;
  Priority priority = Priority::info;
  int pid = 1, uid = 0;
  std::string identifier = "systemd";  // SYSLOG_IDENTIFIER
  std::string message;                 // without the newline
  std::string about;                   // UNIT=: the unit that a line of PID 1 is about
  std::string unit = "init.scope";     // _SYSTEMD_UNIT: where the writer runs
  std::string transport = "journal";   // "journal" (PID 1), "stdout", "syslog" (logger), "kernel"
  std::string invocation_id;
  int boot = 0;  // index into boots(); set by append()
};

struct Boot {
  std::string id;  // 32 hexadecimal digits
  Time begin;
};

class Journal {
 public:
  explicit Journal(std::string machine_id) : machine_id_(std::move(machine_id)) {}

  // Earlier boots are forgotten unless the journal is `persistent`.
  void begin_boot(std::string boot_id, Time now, bool persistent);
  // Entries keep the order in which they were written, as journald's do within a boot.
  void append(Entry entry);
  // Sees every entry as it is appended.
  void observe(std::function<void(const Entry&)> observer) { observer_ = std::move(observer); }
  // What a power loss takes: everything after the last sync (every 5 minutes, SyncIntervalSec=, and at once
  // for CRIT and worse; journald.conf(5)), and all of this boot where the journal is not persistent.
  void lose_power(Time now);

  const std::vector<Entry>& entries() const { return entries_; }
  const std::vector<Boot>& boots() const { return boots_; }
  const std::string& machine_id() const { return machine_id_; }
  bool persistent() const { return persistent_; }

 private:
  std::string machine_id_;
  std::vector<Boot> boots_;
  std::vector<Entry> entries_;
  std::function<void(const Entry&)> observer_;
  bool persistent_ = false;
};

// Entries of the unit as `journalctl -u` and `systemctl status` see them: its own lines and PID 1's about it.
bool concerns(const Entry& entry, std::string_view unit);

}  // namespace squall::guest::journal
