// Clients that write and read secrets while the world breaks, and a record of what each was told.
//
// The clients share a few keys, and no value is written twice to a key; so the record is a history of
// registers, and harness/checkers judges it.
//
// Each client has all nodes' addresses. The clients begin spread over the nodes, and one that gets no answer
// from its node, or hears that it does not serve, turns to the next with its next request.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/world/await.hpp"
#include "harness/checkers/history.hpp"
#include "harness/scenario/cluster.hpp"
#include "harness/scenario/document.hpp"

namespace squall::scenario {

class KvWorkload {
 public:
  KvWorkload(Cluster& cluster, Workload settings);

  void start();
  // No more operations begin.
  void stop() { stopping_ = true; }

  // Reads every key back from a node that serves; empty if each holds what it must, else what is missing.
  world::Task<std::string> read_back();
  // The first read that did not show what had been confirmed before it began; empty if there was none.
  const std::string& loss() const { return loss_; }

  // Everything that was asked and answered, in the order in which it ended; times are virtual.
  const checkers::History& history() const { return history_; }
  const Workload& settings() const { return settings_; }
  std::uint64_t confirmed() const { return confirmed_count_; }
  std::uint64_t failed() const { return failed_count_; }

 private:
  struct Key {
    std::int64_t sent = -1;
    checkers::History writes;  // those that a read may still show, and those under way
  };
  struct Answer {
    std::optional<http::Response> response;
    bool sent = false;  // the request may have arrived
  };

  std::string key_name(int number) const;
  world::Task<> client(int number);
  world::Task<> write(int number, std::string key);
  world::Task<checkers::Operation> read(int number, std::string key);
  world::Task<Answer> ask(int number, std::string method, std::string key, std::string body);
  world::Task<checkers::Operation> read_somewhere(std::string key);
  void settle(const checkers::Operation& write);
  std::string loss_in(const checkers::Operation& read);
  std::string token();

  Cluster& cluster_;
  Workload settings_;
  std::map<std::string, Key> keys_;
  std::vector<world::Job> clients_;
  std::map<int, std::size_t> turned_;  // how often a client turned to another node
  checkers::History history_;
  std::string token_, loss_;
  std::uint64_t confirmed_count_ = 0, failed_count_ = 0;
  bool stopping_ = false;
};

}  // namespace squall::scenario
