// A program's world for the tests of the command line: a network where the test answers, files and streams in
// memory, a clock moved by what waits.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "emulator/http/message.hpp"
#include "harness/program/program.hpp"
#include "harness/vault/cli/main.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::vault::testing {

struct MemoryDisk final : world::Disk {
  struct File {
    std::string content;
    int mode = 0644;
  };
  std::map<std::string, File> files;

  std::optional<std::string> read(const std::string& path) override {
    auto it = files.find(path);
    return it == files.end() ? std::nullopt : std::optional(it->second.content);
  }
  void write(const std::string& path, std::string_view content, int mode) override {
    files[path] = {std::string(content), mode};
  }
  void append(const std::string& path, std::string_view content, int mode) override {
    files[path].content += content;
    files[path].mode = mode;
  }
  void rename(const std::string& from, const std::string& to) override { files[to] = files[from]; }
  bool remove(const std::string& path) override { return files.erase(path) > 0; }
  void make_directories(const std::string&, int) override {}
  std::vector<std::string> list(const std::string& path) override {
    std::set<std::string> names;
    for (const auto& [name, file] : files)
      if (name.starts_with(path + "/")) {
        const std::string below = name.substr(path.size() + 1);
        names.insert(below.substr(0, below.find('/') + 1 != 0 ? below.find('/') + 1 : below.size()));
      }
    return {names.begin(), names.end()};
  }
  bool exists(const std::string& path) override { return files.contains(path) || !list(path).empty(); }
  void sync(const std::string&) override {}
};

// Answers by "METHOD target", each once and in order if given more than once; then the last one again.
struct ScriptedNetwork final : world::Network {
  std::map<std::string, std::deque<world::Reply>> answers;
  std::vector<world::Call> calls;
  http::Response otherwise = http::Response::text(404, "{\"errors\":[]}\n");

  void answer(const std::string& line, int status, const std::string& body = "") {
    http::Response response;
    response.status = status;
    response.body = body;
    answers[line].emplace_back(response);
  }
  void fail(const std::string& line, world::NetFault fault, const std::string& detail) {
    answers[line].emplace_back(world::NetError{fault, false, detail});
  }
  world::Task<world::Reply> send(world::Call call) override {
    const std::string line = call.request.method + " " + call.request.target;
    calls.push_back(std::move(call));
    auto it = answers.find(line);
    if (it == answers.end()) co_return otherwise;
    world::Reply reply = it->second.front();
    if (it->second.size() > 1) it->second.pop_front();
    co_return reply;
  }
  std::unique_ptr<Listener> listen(world::ListenOptions, world::Handler) override { return nullptr; }
};

struct Ran {
  int exit_status = 0;
  std::string out, err;
};

class FakeNode final : public program::Context {
 public:
  FakeNode() {
    invocation_.env = {{"VAULT_ADDR", "http://127.0.0.1:8200"}, {"HOME", "/root"}};
    invocation_.cwd = "/work";
  }

  // Runs `vault` with these arguments.
  Ran run(std::vector<std::string> arguments) { return run(main_program, "vault", std::move(arguments)); }
  Ran run(const program::Program& program, const std::string& name, std::vector<std::string> arguments) {
    ran_ = {};
    invocation_.argv = {name};
    invocation_.argv.insert(invocation_.argv.end(), arguments.begin(), arguments.end());
    ran_.exit_status = scheduler_.run(program(*this));
    return ran_;
  }

  const program::Invocation& invocation() const override { return invocation_; }
  squall::testing::ManualScheduler& scheduler() override { return scheduler_; }
  ScriptedNetwork& network() override { return network_; }
  MemoryDisk& disk() override { return disk_; }
  world::Entropy& entropy() override { return entropy_; }
  void out(std::string_view text) override { ran_.out += text; }
  void err(std::string_view text) override { ran_.err += text; }
  world::Task<std::string> read_input() override { co_return input; }
  void on_signal(SignalHandler) override {}
  void notify(std::string_view) override {}

  std::map<std::string, std::string>& variables() { return invocation_.env; }
  void on_terminal() { invocation_.input_is_terminal = invocation_.output_is_terminal = true; }
  std::string input;

 private:
  program::Invocation invocation_;
  squall::testing::ManualScheduler scheduler_;
  squall::testing::SeededEntropy entropy_;
  ScriptedNetwork network_;
  MemoryDisk disk_;
  Ran ran_;
};

}  // namespace squall::vault::testing
