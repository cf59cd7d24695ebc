// The life of a .timer unit (systemd.timer(5); timer.c).
#pragma once
#include "harness/guest/systemd/unit_host.hpp"

namespace squall::guest::systemd {

class Timers {
 public:
  explicit Timers(UnitHost& host) : host_(host) {}

  void start(Unit& timer);
  void stop(Unit& timer);
  void tick(Unit& timer);
  // The unit it triggers changed its state.
  void triggered_changed(Unit& timer, const Unit& target);
  static Time deadline(const Unit& timer);
  // "/var/lib/systemd/timers/stamp-x.timer"
  static std::string stamp_path(const Unit& timer);

 private:
  void schedule(Unit& timer);
  void fire(Unit& timer);
  Time late(Unit& timer, Time due) const;

  UnitHost& host_;
};

}  // namespace squall::guest::systemd
