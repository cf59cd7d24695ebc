// A small world for the tests of guests: virtual time, a seeded generator, a network that answers from a
// table.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/guest/guest.hpp"

namespace squall::guest {

// Images by the names that AWS lists.
inline constexpr char debian[] = "debian-12-amd64-20240101";
inline constexpr char jammy[] = "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240607";
inline constexpr char noble[] = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240605";
inline constexpr char amazon_linux_2[] = "amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2";
inline constexpr char amazon_linux_2023[] = "al2023-ami-2023.4.20240611.0-kernel-6.1-x86_64";
inline constexpr char red_hat[] = "RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3";

class QueueScheduler final : public world::Scheduler {
 public:
  Time now() const override { return now_; }
  world::TimerId at(Time when, std::function<void()> callback) override {
    world::TimerId id = ++last_;
    queue_[{std::max(when, now_), id}] = std::move(callback);
    return id;
  }
  void cancel(world::TimerId timer) override {
    for (auto it = queue_.begin(); it != queue_.end(); ++it)
      if (it->first.second == timer) {
        queue_.erase(it);
        return;
      }
  }
  bool step() {
    if (queue_.empty()) return false;
    auto first = queue_.begin();
    now_ = first->first.first;
    auto callback = std::move(first->second);
    queue_.erase(first);
    callback();
    return true;
  }
  void run_until(Time end) {
    while (!queue_.empty() && queue_.begin()->first.first <= end) step();
    now_ = std::max(now_, end);
  }

 private:
  Time now_ = Time(std::chrono::seconds(1'700'000'000));
  world::TimerId last_ = 0;
  std::map<std::pair<Time, world::TimerId>, std::function<void()>> queue_;
};

class SeededEntropy final : public world::Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : random_(seed) {}
  std::string bytes(std::size_t count) override { return random_.bytes(count); }

 private:
  base::Random random_;
};

// Answers by "host:port" of the call; anything else is a name that does not resolve.
class TableNetwork final : public world::Network {
 public:
  std::map<std::string, std::function<world::Reply(const world::Call&)>> hosts;
  std::vector<world::Call> calls;
  world::Task<world::Reply> send(world::Call call) override {
    calls.push_back(call);
    auto host = hosts.find(call.host + ":" + std::to_string(call.port));
    if (host == hosts.end()) co_return world::NetError{world::NetFault::name_not_found};
    co_return host->second(call);
  }
  std::unique_ptr<Listener> listen(world::ListenOptions, world::Handler) override {
    throw world::ListenError("nobody listens in this world");
  }
  std::map<std::string, std::string> addresses;                        // by name
  std::vector<std::pair<std::string, std::uint16_t>> listening_ports;  // of the guest
  world::Task<std::optional<world::NetError>> connect(std::string host, std::uint16_t port,
                                                      Duration) override {
    bool listens = false;
    for (const auto& [address, number] : listening_ports) listens = listens || number == port;
    if (!resolve(host)) co_return world::NetError{world::NetFault::name_not_found};
    if (!listens) co_return world::NetError{world::NetFault::refused};
    co_return std::nullopt;
  }
  std::vector<std::string> awake;  // addresses that answer an echo
  world::Task<std::optional<world::NetError>> echo(std::string host, Duration) override {
    if (std::find(awake.begin(), awake.end(), host) == awake.end())
      co_return world::NetError{world::NetFault::timed_out};
    co_return std::nullopt;
  }
  std::optional<std::string> resolve(const std::string& name) override {
    if (name[0] >= '0' && name[0] <= '9') return name;
    auto found = addresses.find(name);
    return found == addresses.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<std::pair<std::string, std::uint16_t>> listening() override { return listening_ports; }
};

// A booted guest. The site is shared by all guests of one test program.
class GuestWorld {
 public:
  explicit GuestWorld(std::string image_name = debian, std::uint64_t seed = 7) : entropy(seed), random(seed) {
    machine.instance_id = "i-0123456789abcdef0";
    machine.image_name = std::move(image_name);
    machine.zone = "us-east-1a";
    machine.private_ip = "10.0.1.10";
    machine.private_dns_name = "ip-10-0-1-10.ec2.internal";
  }
  GuestWorld(const GuestWorld&) = delete;
  GuestWorld& operator=(const GuestWorld&) = delete;
  // What the guest was doing ends an instant after its power, as any killed job does, and may look at it
  // until then.
  ~GuestWorld() {
    if (guest) guest->power_off();
    scheduler.run_until(scheduler.now());
  }
  void boot() {
    site = std::make_shared<Site>(std::filesystem::temp_directory_path());
    guest.emplace(GuestOptions{machine, site, programs, false},
                  Surroundings{scheduler, network, entropy, random,
                               [this](const TraceEntry& entry) { trace.push_back(entry); }});
    guest->power_on();
  }
  world::Machines::ScriptResult run(const std::string& script, Duration timeout = 1h,
                                    const std::string& folder = {}) {
    if (!guest) boot();
    std::optional<world::Machines::ScriptResult> result;
    auto task = [](GuestWorld& self, std::string text, Duration limit, std::string directory,
                   std::optional<world::Machines::ScriptResult>& into) -> world::Task<> {
      into = co_await self.guest->run_script(text, directory, limit);
    }(*this, script, timeout, folder, result);
    world::Job job = world::Job::start(scheduler, std::move(task));
    while (!result && scheduler.step()) {
    }
    return result.value_or(world::Machines::ScriptResult{.lost = true});
  }
  std::string calls() const {
    std::string text;
    for (const TraceEntry& entry : trace) {
      text += entry.kind;
      for (const std::string& word : entry.argv) text += " " + word;
      text += " " + std::to_string(entry.input_hash) + " " + std::to_string(entry.output_hash) + " " +
              std::to_string(entry.exit_code) + "\n";
    }
    return text;
  }

  QueueScheduler scheduler;
  TableNetwork network;
  SeededEntropy entropy;
  base::Random random;
  world::MachineSpec machine;
  std::map<std::string, program::Program> programs;
  std::vector<TraceEntry> trace;
  std::shared_ptr<Site> site;
  std::optional<Guest> guest;
};

}  // namespace squall::guest
