#include "harness/checkers/search.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "harness/checkers/memory.hpp"

namespace squall::checkers {
namespace {

// Calls and returns in the order of time, in a list from which those that were put in order are taken out and
// to which they come back. Operations of unknown outcome have no return: they may be left out.
class Timeline {
 public:
  explicit Timeline(const History& operations) {
    std::vector<Event> events;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const Operation& one = operations[i];
      if (one.outcome == Outcome::refused) continue;
      events.push_back({one.started, false, i});
      if (one.outcome == Outcome::ok) events.push_back({one.ended, true, i});
    }
    // At equal times calls come first: intervals are closed.
    std::sort(events.begin(), events.end());
    nodes_.resize(events.size() + 1);
    std::vector<std::size_t> call_of(operations.size());
    for (std::size_t at = 1; at <= events.size(); ++at) {
      const Event& event = events[at - 1];
      Node& node = nodes_[at];
      node.previous = at - 1;
      nodes_[at - 1].next = at;
      node.is_return = event.is_return;
      if (event.is_return) {
        node.operation = nodes_[call_of[event.operation]].operation;
        nodes_[call_of[event.operation]].match = at;
        ++open_;
      } else {
        node.operation = operation_of_.size();
        operation_of_.push_back(event.operation);
        call_of[event.operation] = at;
      }
    }
  }

  std::size_t first() const { return nodes_[0].next; }  // 0 is the end, as it is of next()
  std::size_t next(std::size_t node) const { return nodes_[node].next; }
  bool is_return(std::size_t node) const { return nodes_[node].is_return; }
  // Operations by the order in which they began, and the index of each in the history.
  std::size_t operation(std::size_t node) const { return nodes_[node].operation; }
  std::size_t index(std::size_t operation) const { return operation_of_[operation]; }
  std::size_t operations() const { return operation_of_.size(); }
  // No operation that was answered is left.
  bool settled() const { return open_ == 0; }

  void take_out(std::size_t call) {
    unlink(call);
    if (nodes_[call].match != 0) unlink(nodes_[call].match), --open_;
  }
  // In the reverse order of take_out.
  void put_back(std::size_t call) {
    if (nodes_[call].match != 0) link(nodes_[call].match), ++open_;
    link(call);
  }

 private:
  struct Event {
    Time at;
    bool is_return;
    std::size_t operation;
    bool operator<(const Event& other) const {
      return std::tie(at, is_return, operation) < std::tie(other.at, other.is_return, other.operation);
    }
  };
  struct Node {
    std::size_t previous = 0, next = 0;
    std::size_t match = 0;  // a call's return
    std::size_t operation = 0;
    bool is_return = false;
  };

  void unlink(std::size_t at) {
    nodes_[nodes_[at].previous].next = nodes_[at].next;
    if (nodes_[at].next != 0) nodes_[nodes_[at].next].previous = nodes_[at].previous;
  }
  void link(std::size_t at) {
    nodes_[nodes_[at].previous].next = at;
    if (nodes_[at].next != 0) nodes_[nodes_[at].next].previous = at;
  }

  std::vector<Node> nodes_;
  std::vector<std::size_t> operation_of_;
  std::size_t open_ = 0;
};

class Search {
 public:
  Search(Model& model, const History& operations, const Bound& bound)
      : model_(model), history_(operations), bound_(bound), line_(operations), memory_(line_.operations()) {}

  Found run() {
    state_ = model_.initial();
    for (std::size_t at = line_.first(); !line_.settled();) {
      if (++found_.steps > bound_.steps || memory_.bytes() + model_.bytes() > bound_.memory_bytes)
        return finish(Verdict::inconclusive);
      // Nothing that began after a return may come before the operation that returned: go back.
      if (at == 0 || line_.is_return(at)) {
        if (taken_.size() > found_.order.size()) remember();
        at = back();
        if (at == no_way) return finish(Verdict::violated);
      } else {
        at = take(at) ? line_.first() : line_.next(at);
      }
    }
    remember();
    return finish(Verdict::linearizable);
  }

 private:
  static constexpr std::size_t no_way = ~std::size_t{0};
  struct Taken {
    std::size_t call;
    Model::State before;
    bool only_way;
  };

  bool take(std::size_t call) {
    const std::size_t number = line_.operation(call);
    const Operation& operation = history_[line_.index(number)];
    const auto next = model_.step(state_, operation);
    if (!next) return false;
    // What changes nothing, ever, may as well come now: no other order needs to be tried after it.
    const bool pure = model_.pure(operation);
    memory_.set(number);
    if (!pure && !memory_.insert(*next)) {
      memory_.clear(number);
      return false;
    }
    taken_.push_back({call, state_, pure});
    line_.take_out(call);
    state_ = *next;
    return true;
  }

  // Where to go on after the last choice is undone.
  std::size_t back() {
    while (!taken_.empty()) {
      const Taken last = taken_.back();
      taken_.pop_back();
      line_.put_back(last.call);
      memory_.clear(line_.operation(last.call));
      state_ = last.before;
      if (!last.only_way) return line_.next(last.call);
    }
    return no_way;
  }

  void remember() {
    found_.order.clear();
    for (const Taken& one : taken_) found_.order.push_back(line_.index(line_.operation(one.call)));
  }

  Found finish(Verdict verdict) {
    found_.verdict = verdict;
    return std::move(found_);
  }

  Model& model_;
  const History& history_;
  Bound bound_;
  Timeline line_;
  Memory memory_;
  Model::State state_{};
  std::vector<Taken> taken_;
  Found found_;
};

}  // namespace

Found search(Model& model, const History& operations, const Bound& bound) {
  for (const Operation& one : operations) {
    if (!model.knows(one.action))
      throw std::invalid_argument("a history of another kind than its model: " + model.describe(one));
    if (one.outcome == Outcome::ok && one.ended < one.started)
      throw std::invalid_argument("answered before it began: " + model.describe(one));
  }
  return Search(model, operations, bound).run();
}

}  // namespace squall::checkers
