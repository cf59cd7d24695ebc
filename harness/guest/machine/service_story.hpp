// What a run's story tells of an instance's services: that one started, ended, is restarted or stays down, in
// systemd's own words, with what the service said last. Pure: fed with the journal's lines, in their order.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "harness/guest/journal/journal.hpp"

namespace squall::guest {

class ServiceStory {
 public:
  // The line to tell for this entry, if it is worth one. A service that fails again and again is told of
  // three times; the next time when that line has not come for ten minutes.
  std::optional<std::string> tell(const journal::Entry& entry);

 private:
  void hear(const journal::Entry& entry);  // a line of a service's own

  struct Told {
    int times = 0;
    Time last;
  };
  struct Words {
    Time time;
    std::string lines;
  };
  std::map<std::string, Words>
      last_words_;                    // by unit: what it said in one instant, an error of two lines too
  std::map<std::string, Told> told_;  // by line, without its numbers
};

}  // namespace squall::guest
