// Clients that write and read secrets while the world breaks, and remember what was confirmed to them.
//
// Each client owns its keys and writes rising numbers, one at a time; so what a key may hold is easy to say:
// at least the last number confirmed, at most the last one sent.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/world/await.hpp"
#include "harness/scenario/cluster.hpp"
#include "harness/scenario/document.hpp"

namespace squall::scenario {

// What one client did, in order; times are virtual.
struct Operation {
  enum class Outcome { ok, refused, unknown };  // refused: surely not done; unknown: it may have been
  int client;
  bool write;
  std::string key;
  std::int64_t value;  // written, or read; -1: no such key
  Time started, ended;
  Outcome outcome;
};

class KvWorkload {
 public:
  KvWorkload(Cluster& cluster, Workload settings);

  void start();
  // No more operations begin.
  void stop() { stopping_ = true; }

  // Reads every key back from a node that serves; empty if each holds what it must, else what is missing.
  world::Task<std::string> read_back();
  // A read that came back older than what had been confirmed before it began; empty if there was none.
  const std::string& stale_read() const { return stale_read_; }

  const std::vector<Operation>& history() const { return history_; }
  std::uint64_t confirmed() const { return confirmed_count_; }
  std::uint64_t failed() const { return failed_count_; }
  const std::string& name() const { return settings_.name; }

 private:
  struct Key {
    std::int64_t sent = -1, confirmed = -1;
  };
  world::Task<> client(int number);
  world::Task<> write(int number, const std::string& key);
  world::Task<> read(int number, const std::string& key);
  world::Task<std::optional<http::Response>> ask(std::string method, std::string key, std::string body);
  std::string token();

  Cluster& cluster_;
  Workload settings_;
  std::map<std::string, Key> keys_;
  std::vector<world::Job> clients_;
  std::vector<Operation> history_;
  std::string token_, stale_read_;
  std::uint64_t confirmed_count_ = 0, failed_count_ = 0;
  bool stopping_ = false;
};

}  // namespace squall::scenario
