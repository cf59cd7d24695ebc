#include "harness/scenario/runner.hpp"

#include <algorithm>

#include "emulator/base/lines.hpp"
#include "emulator/world/await.hpp"
#include "harness/scenario/actions.hpp"
#include "harness/scenario/judge.hpp"

namespace squall::scenario {
namespace {

using world::Task;

constexpr Duration provision_limit = 2h;
constexpr Duration operator_patience = 1h;

struct Progress {
  explicit Progress(world::Scheduler& scheduler) : started(scheduler), ended(scheduler) {}
  world::Completion<Time> started, ended;
};

// " answered 2: its last words on standard error".
std::string answered(const ScriptResult& result) {
  if (result.timed_out) return " did not end in time";
  if (result.lost) return " was lost with its machine";
  const std::string last_words = result.exit_code == 0 ? "" : base::last_lines(result.standard_error, 3);
  return " answered " + std::to_string(result.exit_code) + (last_words.empty() ? "" : ": " + last_words);
}

// As it is, or in quotes where a reader would not see its end.
std::string quoted(const std::string& value) {
  return value.find(' ') == value.npos ? value : "'" + value + "'";
}

std::string name_of(const Check& check) {
  std::string name = check.that;
  for (const auto& [key, value] : check.parameters.entries)
    if (value.kind == Node::Kind::scalar) name += " " + key + "=" + quoted(value.scalar);
  return name;
}

}  // namespace

struct Runner::Impl {
  Impl(Cluster& c, const Scenario& s) : cluster(c), scenario(s), stack_up(c.scheduler()) {
    for (const Action& action : scenario.actions)
      progress.emplace(action.name, Progress{cluster.scheduler()});
    main = world::Job::start(cluster.scheduler(), run(), [this](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
      finished = true;
    });
  }

  View view() { return {cluster, scenario, workloads}; }
  Time now() { return cluster.scheduler().now(); }

  // The first failure is the verdict.
  void fail(Verdict verdict, const std::string& why) {
    if (outcome.verdict != Verdict::held) return;
    outcome.verdict = verdict;
    outcome.why = why;
    cluster.tell("FAILED: " + why);
  }

  Task<> run() {
    if (!co_await provision()) co_return;
    jobs.push_back(start(operate()));
    for (const Action& action : scenario.actions) jobs.push_back(start(perform_in_order(action)));
    for (const Workload& settings : scenario.workloads) {
      workloads.push_back(std::make_unique<KvWorkload>(cluster, settings));
      jobs.push_back(start(begin(*workloads.back(), settings)));
    }
    for (const Check& check : scenario.always)
      if (check.that != "linearizable") jobs.push_back(start(watch(check)));  // which is of the whole history
    std::vector<world::Completion<bool>> ends;
    outcome.assertions.reserve(scenario.eventually.size() + scenario.always.size());
    for (const Eventually& wanted : scenario.eventually) {
      ends.emplace_back(cluster.scheduler());
      jobs.push_back(start(expect(wanted, ends.back())));
    }
    for (const Action& action : scenario.actions) {
      co_await progress.at(action.name).ended;
      if (outcome.verdict != Verdict::held) break;
    }
    for (const auto& end : ends) {
      if (outcome.verdict != Verdict::held) break;
      co_await end;
    }
    for (const auto& workload : workloads) workload->stop();
    if (outcome.verdict == Verdict::held) co_await judge_workloads();
    for (const Check& check : scenario.always) {
      Holding holding;
      if (check.that == "linearizable")
        holding = judge_history(check);
      else
        holding = co_await evaluate(view(), check);
      outcome.assertions.push_back({"always " + name_of(check), holding.holds, holding.why});
      if (holding.holds) continue;
      fail(holding.inconclusive ? Verdict::inconclusive : Verdict::broke, check.that + ": " + holding.why);
    }
    while (!faults.empty()) end_fault(cluster, faults, std::string(faults.begin()->first));
    for (const auto& workload : workloads) {
      outcome.writes_confirmed += workload->confirmed();
      outcome.requests_failed += workload->failed();
    }
  }

  world::Job start(Task<> task) {
    return world::Job::start(cluster.scheduler(), std::move(task), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }

  Task<bool> provision() {
    cluster.tell("provisioning: " + cluster.stack().provision);
    std::string line = "cd /stack && bash ./" + cluster.stack().provision;
    ScriptResult result = co_await cluster.run_on_workstation(std::move(line), provision_limit);
    if (result.exit_code == 0 && !result.timed_out && !result.lost) co_return true;
    fail(Verdict::not_converged, cluster.stack().provision + answered(result));
    finished = true;
    co_return false;
  }

  // The operator's own steps, on the first node that waits for them.
  Task<> operate() {
    if (!cluster.stack().operator_steps) {
      stack_up.set(now());
      co_return;
    }
    const auto steps = *cluster.stack().operator_steps;
    Time give_up = now() + operator_patience;
    while (now() < give_up) {
      for (const InstanceView& instance : cluster.instances(cluster.stack().nodes.tags)) {
        if (instance.state != "running" || co_await health_code(cluster, instance.id) != steps.when_health)
          continue;
        cluster.tell("operator: " + steps.script + " on " + instance.id);
        ScriptResult result = co_await cluster.run_on(instance.id, steps.content, 10min);
        cluster.tell("operator: " + steps.script + answered(result));
        if (result.exit_code == 0) stack_up.set(now());
        co_return;
      }
      co_await world::sleep(cluster.scheduler(), 1s);
    }
  }

  Task<> begin(KvWorkload& workload, const Workload& settings) {
    if (settings.start_after.empty())
      co_await stack_up;
    else
      co_await progress.at(settings.start_after).ended;
    cluster.tell("workload " + settings.name + " begins: " + std::to_string(settings.clients) + " clients");
    workload.start();
  }

  Task<> perform_in_order(const Action& action) {
    for (const std::string& before : action.start_after) co_await progress.at(before).ended;
    Progress& mine = progress.at(action.name);
    mine.started.set(now());
    cluster.tell(action.name + ": " + action.id + " begins");
    const Stage stage{view(), faults};
    Done done = co_await perform(stage, action);
    if (!done.ok)
      fail(done.timed_out ? Verdict::not_converged : Verdict::broke, action.name + ": " + done.why);
    else
      cluster.tell(action.name + ": done");
    mine.ended.set(now());
  }

  Task<> expect(const Eventually& wanted, world::Completion<bool> end) {
    std::string after = wanted.after.substr(0, wanted.after.find('.'));
    if (after.empty())
      for (const Action& action : scenario.actions) co_await progress.at(action.name).ended;
    else if (wanted.after.ends_with(".start"))
      co_await progress.at(after).started;
    else
      co_await progress.at(after).ended;
    Done done =
        co_await wait_for(view(), wanted.check, world::later(now(), wanted.within), wanted.stable_for);
    std::string name = name_of(wanted.check);
    outcome.assertions.push_back({"eventually " + name, done.ok, done.why});
    if (done.ok)
      cluster.tell("holds: " + name);
    else
      fail(done.timed_out ? Verdict::not_converged : Verdict::broke, name + ": " + done.why);
    end.set(done.ok);
  }

  // An invariant, looked at as the run goes; what it says is final.
  Task<> watch(const Check& check) {
    while (!finished) {
      Holding holding = co_await evaluate(view(), check);
      if (holding.breaks) {
        fail(Verdict::broke, check.that + ": " + holding.why);
        co_return;
      }
      // Every second of the first hour; a month is not looked at second by second.
      co_await world::sleep(cluster.scheduler(), now() - began < 1h ? Duration{1s} : Duration{1min});
    }
  }

  // What was confirmed must be readable, if anything is.
  Task<> judge_workloads() {
    co_await world::sleep(cluster.scheduler(), 6s);  // requests in flight end by their timeout
    for (const auto& workload : workloads) {
      auto nodes = cluster.instances(cluster.stack().nodes.tags);
      bool serves = false;
      for (const InstanceView& node : nodes) serves = serves || co_await health_code(cluster, node.id) == 200;
      if (!serves) {
        cluster.tell("workload " + workload->settings().name + " can not be read back: no node serves");
        continue;
      }
      std::string lost = co_await workload->read_back();
      outcome.assertions.push_back({"read back " + workload->settings().name, lost.empty(), lost});
      if (!lost.empty()) fail(Verdict::broke, "acknowledged write lost: " + lost);
    }
  }

  Holding judge_history(const Check& check) {
    outcome.history = judge(view(), check);
    std::string text = outcome.history.keys.empty() ? std::string{} : history_text(outcome.history);
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find('\n', at);
      cluster.tell(text.substr(at, end - at));
      at = end + 1;
    }
    return holding_of(outcome.history);
  }

  Cluster& cluster;
  const Scenario& scenario;
  std::vector<std::unique_ptr<KvWorkload>> workloads;
  std::map<std::string, Progress> progress;
  Faults faults;
  world::Completion<Time> stack_up;
  Outcome outcome;
  bool finished = false;
  Time began = cluster.scheduler().now();
  std::vector<world::Job> jobs;
  world::Job main;
};

Runner::Runner(Cluster& cluster, const Scenario& scenario)
    : impl_(std::make_unique<Impl>(cluster, scenario)) {}
Runner::~Runner() = default;
bool Runner::finished() const { return impl_->finished; }
const Outcome& Runner::outcome() const { return impl_->outcome; }

}  // namespace squall::scenario
