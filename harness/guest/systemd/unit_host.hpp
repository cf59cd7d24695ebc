// What the state machines of the unit kinds (services.hpp, timers.hpp) ask of the manager around them.
#pragma once
#include "emulator/base/random.hpp"
#include "emulator/world/disk.hpp"
#include "harness/guest/systemd/events.hpp"
#include "harness/guest/systemd/unit.hpp"

namespace squall::guest::systemd {

struct ProcessInfo {
  int pid = 0;
  std::string comm;               // /proc/PID/comm: "vault"
  std::vector<std::string> argv;  // /proc/PID/cmdline
};

// The processes of the machine, as cgroups and /proc tell: which live, and of which unit they are. Read on
// demand.
class Processes {
 public:
  virtual ~Processes() = default;
  // In the order of their ids; without zombies.
  virtual std::vector<ProcessInfo> of_unit(const std::string& unit) const = 0;
};

struct ManagerOptions {
  std::string hostname = "localhost", machine_id, boot_id;
};

class UnitHost {
 public:
  virtual ~UnitHost() = default;
  virtual Time now() const = 0;
  virtual Time boot_time() const = 0;
  virtual world::Disk& disk() = 0;
  virtual const Processes& processes() const = 0;
  virtual base::Random& random() = 0;
  virtual const ManagerOptions& options() const = 0;
  virtual void emit(Effect effect) = 0;
  // A line of PID 1 about the unit; the unit's name is not put before the text.
  virtual void log(const Unit& unit, journal::Priority priority, const std::string& text) = 0;
  // Changes the state, keeps the timestamps, and tells jobs and other units. May end the unit's job.
  virtual void set_state(Unit& unit, SubState state) = 0;
  virtual Unit* find(const std::string& name) = 0;
  // A job of the manager's own; false if the unit cannot be loaded.
  virtual bool queue_job(const std::string& unit, JobType type) = 0;
  virtual bool has_job(const Unit& unit, JobType type) const = 0;
  virtual std::uint64_t next_spawn(const Unit& unit, bool control) = 0;
};

}  // namespace squall::guest::systemd
