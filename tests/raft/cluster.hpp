// The workbench: raft nodes over a seeded network and seeded disks, clients that write and read, an operator
// who changes the membership, and faults; first everything goes wrong, then it heals and must come right.
// One seed, one history. The oracle looks after every event.
#pragma once
#include <optional>
#include <ostream>
#include <queue>
#include <vector>

#include "tests/raft/oracle.hpp"

namespace squall::vault::raft::test {

struct ClusterOptions {
  std::uint64_t seed = 1;
  Bug bug = Bug::none;
  std::size_t servers = 0;  // voters at first: 3, 5 or 7; 0: drawn from the seed
  Duration chaos = 25s;     // of virtual time, with faults
  bool pre_vote = false;
  std::ostream* story = nullptr;  // every log line of every node, for reading a seed again
};

class Cluster {
 public:
  Cluster(const ClusterOptions& options, Tally& tally);

  // Throws Violation for a broken invariant, or for a cluster that does not come right in time after healing.
  void run();

 private:
  struct Server {
    std::optional<Node> node;  // nothing: dead
    LogStore disk;
    DiskState prepared;  // what it starts from
    Time wake_at = Time::max();
    std::uint64_t life = 0;  // goes up with each start, so that what was meant for an earlier one is known
    std::optional<Write> writing;
    bool disk_full = false;
    bool stays_down = false;  // for good, from healing on: it has no vote
    Duration sync_delay{};
    bool tail_left = false;  // the last crash left unsynced bytes
  };
  enum class What : std::uint8_t { deliver, call_failed, synced, client, fault, restart, unfill };
  struct Happening {
    Time at;
    std::uint64_t order;
    What what;
    std::uint32_t server;
    std::uint64_t life;
    std::uint32_t message;  // slot, for deliver and call_failed
    bool operator>(const Happening& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void boot(std::size_t server);
  void crash(std::size_t server);
  void step(std::size_t server, Event event);
  void carry_out(std::size_t server, Effects& effects);
  void note_rare(std::size_t server, const Effects& effects, Role before);
  void answer(std::size_t server, const Outcome& outcome);
  void transmit(std::size_t from, Message message);
  void happen(const Happening& happening);
  bool advance(Time until);  // one event; false when none is left before `until`
  void at(Duration delay, What what, std::size_t server, std::uint64_t life = 0, std::uint32_t message = 0);
  std::uint32_t keep(Message message);

  void client();
  void read(std::size_t server);
  void fault();
  void cut();
  void change_membership();
  void disturb_disk();
  void heal();
  bool right() const;
  bool anybody_electable() const;
  std::string describe() const;
  void check_liveness();
  void restore_from_outside(Time until);

  std::optional<std::size_t> leader() const;
  std::size_t any() { return random_.below(servers_.size()); }
  bool cut_between(std::size_t from, std::size_t to) const { return cuts_[from * servers_.size() + to]; }
  bool partitioned() const;

  ClusterOptions options_;
  Tally& tally_;
  base::Random random_;
  std::vector<Server> servers_;
  std::vector<const Node*> nodes_;  // null: dead
  Oracle oracle_;
  Options node_options_;
  Configuration initial_;
  Time now_ = Time(1h);
  std::uint64_t order_ = 0;
  std::priority_queue<Happening, std::vector<Happening>, std::greater<>> queue_;
  std::vector<Message> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<bool> cuts_;
  std::uint32_t loss_ = 0, duplication_ = 0;  // of 100
  Duration delay_ = 5ms;
  bool chaos_ = true;
  bool restored_from_outside_ = false;
  Effects effects_;

  enum class Asked : std::uint8_t { write, verify, membership, promotion, transfer, restore, other };
  struct Question {
    Asked what;
    Index must_see;
    std::uint64_t life;
  };
  std::vector<Question> questions_;  // by ticket - 1
  Ticket ask(Asked what, std::size_t server) {
    questions_.push_back({what, oracle_.last_acknowledged(), servers_[server].life});
    return questions_.size();
  }
};

}  // namespace squall::vault::raft::test
