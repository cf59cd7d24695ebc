// The judgement: which part of a history it blames, how it shows that, and that it never takes a bound for a
// pass. The verdicts themselves are compared with another checker's by replay_histories.
#include "harness/checkers/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checkers/histories.hpp"

namespace squall::checkers {
namespace {

Operation between(Time from, Time to, int client, Action action) {
  Operation one;
  one.client = client;
  one.key = "k";
  one.action = action;
  one.started = from;
  one.ended = to;
  return one;
}
Time at(int ms) { return Time{} + std::chrono::milliseconds(ms); }

Operation write(int client, int from_ms, int to_ms, std::int64_t value) {
  Operation one = between(at(from_ms), at(to_ms), client, Action::write);
  one.argument = value;
  return one;
}
Operation read(int client, int from_ms, int to_ms, std::int64_t value) {
  Operation one = between(at(from_ms), at(to_ms), client, Action::read);
  one.result = value;
  return one;
}

// Twenty writes with a right read after each, and one read at the end that is two writes late.
History with_a_stale_read() {
  History history;
  for (int i = 0; i < 20; ++i) {
    history.push_back(write(0, 100 * i, 100 * i + 20, i));
    history.push_back(read(1, 100 * i + 10, 100 * i + 60, i));
  }
  history.push_back(read(2, 2000, 2010, 18));
  return history;
}

TEST(Check, BlamesTheSmallestPart) {
  Judgement judgement = check(register_model, with_a_stale_read());
  EXPECT_EQ(judgement.verdict, Verdict::violated);
  ASSERT_EQ(judgement.keys.size(), 1u);
  const KeyJudgement& bad = judgement.keys[0];
  // The value that was read late, another that was read after it, and the late read.
  ASSERT_EQ(bad.core.size(), 3u);
  EXPECT_EQ(bad.operations[bad.core.back()].result, 18);
  EXPECT_EQ(as_text(judgement, *register_model()),
            "key k: not linearizable; no order explains these 3 of its 41 operations:\n"
            "     1.810 s ...     1.860 s  client 1  read() = 18\n"
            "     1.910 s ...     1.960 s  client 1  read() = 19\n"
            "     2.000 s ...     2.010 s  client 2  read() = 18\n");
}

// Of these, the operations in `core` as they are, the others at any time or never; those that are known to
// have changed nothing are left out.
History others_freed(const KeyJudgement& bad, Model& model, std::size_t spared) {
  History history;
  for (std::size_t i = 0; i < bad.operations.size(); ++i) {
    Operation one = bad.operations[i];
    const bool strict = std::count(bad.core.begin(), bad.core.end(), i) > 0 && i != spared;
    if (!strict && (one.outcome == Outcome::refused || model.pure(one))) continue;
    if (!strict) one.outcome = Outcome::unknown, one.started = Time::min();
    history.push_back(one);
  }
  return history;
}

// No order explains a core even when the others are let do what they like, and none of it can be spared: but
// for the few where to know that takes longer than it is worth.
TEST(Check, CoresStandByThemselves) {
  std::size_t cores = 0, costly = 0, spare = 0;
  for (const Judged& one : read_histories(SQUALL_CHECKERS_DATA "/histories.txt.gz")) {
    if (one.linearizable || cores == 400) continue;
    auto model = model_of(one.kind)();
    const Bound bound{100'000, std::size_t{64} << 20};
    for (const KeyJudgement& bad : check(model_of(one.kind), one.history).keys) {
      ++cores;
      ASSERT_FALSE(bad.core.empty());
      const Verdict alone = search(*model, others_freed(bad, *model, bad.operations.size()), bound).verdict;
      ASSERT_NE(alone, Verdict::linearizable) << as_text({Verdict::violated, {bad}}, *model);
      costly += alone == Verdict::inconclusive ? 1 : 0;
      bool all_needed = true;
      for (std::size_t i : bad.core)
        all_needed &= search(*model, others_freed(bad, *model, i), bound).verdict != Verdict::violated;
      spare += all_needed ? 0 : 1;
    }
  }
  EXPECT_EQ(cores, 400u);
  EXPECT_LE(costly, 4u);
  EXPECT_LE(spare, 24u);
}

TEST(Check, KeysAreJudgedApart) {
  History history = with_a_stale_read();
  for (Operation one : with_a_stale_read()) {
    one.key = "other";
    if (one.client != 2) history.push_back(one);
  }
  Judgement judgement = check(register_model, history);
  ASSERT_EQ(judgement.keys.size(), 1u);
  EXPECT_EQ(judgement.keys[0].key, "k");
}

// 12 concurrent writes of which a read shows a value that none wrote: every order must be tried, or the bound
// met.
TEST(Check, ABoundIsInconclusiveAndNeverAPass) {
  History history;
  for (int i = 0; i < 12; ++i) history.push_back(write(i, 0, 100, i));
  history.push_back(read(20, 50, 200, 99));
  EXPECT_EQ(verdict(register_model, history), Verdict::violated);
  EXPECT_EQ(verdict(register_model, history, {1000, std::size_t{1} << 30}), Verdict::inconclusive);
  EXPECT_EQ(verdict(register_model, history, {1'000'000, 40'000}), Verdict::inconclusive);
  Judgement judgement = check(register_model, history, {1000, std::size_t{1} << 30});
  EXPECT_THAT(as_text(judgement, *register_model()), testing::StartsWith("key k: inconclusive"));
}

// Two hundred adds at once have more orders than there is memory for: what their sets take counts, too.
TEST(Check, TheStatesOfAModelCountAgainstTheBound) {
  History history;
  for (int i = 0; i < 200; ++i) {
    history.push_back(between(at(0), at(100), i, Action::add));
    history.back().argument = i;
  }
  history.push_back(between(at(200), at(210), 200, Action::read));
  const Bound bound{20'000'000, std::size_t{16} << 20};
  const auto model = set_model();
  const Found found = search(*model, history, bound);
  EXPECT_EQ(found.verdict, Verdict::inconclusive);
  EXPECT_LT(found.steps, 100'000u);
  EXPECT_LT(model->bytes(), bound.memory_bytes + 10'000);
}

// Five hundred clients at once, a hundred of which never heard. Which write came last may be found at once,
// or may take more orders than there is time for: then it is not known.
TEST(Check, HundredsAtOnceArePassedOrInconclusive) {
  History history;
  for (int i = 0; i < 500; ++i) {
    history.push_back(write(i, i, 1000, i));
    if (i % 5 == 0) history.back().outcome = Outcome::unknown;
  }
  const auto read_by_all = [&history](std::int64_t value) {
    History all = history;
    for (int i = 0; i < 500; ++i) all.push_back(read(i, 2000 + i, 3000, value));
    return verdict(register_model, all, {100'000, std::size_t{64} << 20});
  };
  EXPECT_EQ(read_by_all(499), Verdict::linearizable);
  EXPECT_EQ(read_by_all(251), Verdict::inconclusive);
}

TEST(Check, WhatNobodyAnsweredExcludesNothing) {
  History history{write(0, 0, 10, 1), read(1, 20, 30, 5)};
  history[1].outcome = Outcome::unknown;
  EXPECT_EQ(verdict(register_model, history), Verdict::linearizable);
  history[0].outcome = history[1].outcome = Outcome::refused;
  EXPECT_EQ(verdict(register_model, history), Verdict::linearizable);
}

// Neither is a finding about the service.
TEST(Check, AHistoryThatCannotBeIsRefused) {
  EXPECT_THROW(verdict(set_model, {write(0, 0, 10, 1)}), std::invalid_argument);
  EXPECT_THROW(verdict(register_model, {write(0, 10, 5, 1)}), std::invalid_argument);
  Operation open = write(0, 10, 5, 1);
  open.outcome = Outcome::unknown;
  EXPECT_EQ(verdict(register_model, {open}), Verdict::linearizable)
      << "of an unknown outcome the end is not read";
}

std::string shown(const std::unique_ptr<Model>& model, Operation operation) {
  std::string text = model->describe(operation);
  for (Outcome outcome : {Outcome::unknown, Outcome::refused}) {
    operation.outcome = outcome;
    text += '|' + model->describe(operation);
  }
  return text;
}

TEST(Check, NoAnswerIsShownWhereThereWasNone) {
  Operation one = between(at(0), at(10), 3, Action::compare_and_set);
  one.argument = 5, one.expected = 4;
  EXPECT_EQ(shown(register_model(), one), "cas(4, 5) no match|cas(4, 5) ?|cas(4, 5) refused");
  one.action = Action::write, one.result = 7;
  EXPECT_EQ(shown(versioned_model(), one), "write(5, cas=4) = v7|write(5, cas=4) ?|write(5, cas=4) refused");
  one.action = Action::remove;
  EXPECT_EQ(shown(versioned_model(), one), "delete()|delete() ?|delete() refused");
  EXPECT_EQ(shown(set_model(), one), "remove(5)|remove(5) ?|remove(5) refused");
  one.action = Action::contains, one.result = 1;
  EXPECT_EQ(shown(set_model(), one), "contains(5) = yes|contains(5) ?|contains(5) refused");
  one.action = Action::read, one.elements = {1, 2};
  EXPECT_EQ(shown(set_model(), one), "read() = {1, 2}|read() ?|read() refused");
  one.result = nothing;
  EXPECT_EQ(shown(lease_lock_model(), one), "holder() = none|holder() ?|holder() refused");
  one.action = Action::acquire, one.argument = std::int64_t{15'000'000'000}, one.result = 0;
  EXPECT_EQ(
      shown(lease_lock_model(), one),
      "acquire(15s) by client 3 held by another|acquire(15s) by client 3 ?|acquire(15s) by client 3 refused");
}

TEST(Check, PagesMarkTheCore) {
  Judgement judgement = check(register_model, with_a_stale_read());
  std::string page = as_page(judgement, *register_model());
  std::size_t marked = 0;
  for (std::size_t from = 0; (from = page.find("<rect class=\"core\"", from)) != page.npos; ++from) ++marked;
  EXPECT_EQ(marked, 3u);
  EXPECT_THAT(page, testing::HasSubstr(">client 2</text>"));
  EXPECT_THAT(page, testing::HasSubstr("read() = 18"));
  EXPECT_THAT(page, testing::HasSubstr("Not drawn: "));
  EXPECT_THAT(page, testing::EndsWith("</body></html>\n"));
  EXPECT_THAT(as_page({}, *register_model()), testing::HasSubstr("Linearizable."));
}

// What was refused ended when it was refused; only what nobody answered is still open at the right edge.
TEST(Check, PagesEndWhatWasRefused) {
  Operation refused = write(2, 30, 40, 5), open = write(3, 30, 40, 6), failed = read(2, 45, 50, 0);
  refused.outcome = failed.outcome = Outcome::refused;
  open.outcome = Outcome::unknown;
  History history{write(0, 0, 10, 1), refused, open, failed, read(1, 60, 70, nothing)};
  std::string page = as_page(check(register_model, history), *register_model());
  auto width_of = [&](const std::string& label) {
    std::size_t start = page.find("<title>" + label + "</title>");
    EXPECT_NE(start, page.npos) << label << '\n' << page;
    return std::stoi(page.substr(page.find("width=\"", start) + 7));
  };
  EXPECT_LT(width_of("write(5) refused"), 60);
  EXPECT_LT(width_of("read() refused"), 60);
  EXPECT_GT(width_of("#2 write(6) ?"), 200);
}

TEST(Check, AnEmptyHistoryIsLinearizable) {
  EXPECT_EQ(verdict(register_model, {}), Verdict::linearizable);
  EXPECT_EQ(as_text(check(register_model, {}), *register_model()), "linearizable\n");
}

// An answer that never came: the write may appear late, but not disappear again.
TEST(Check, AnUnansweredWriteMayAppearOnce) {
  Operation lost = write(0, 0, 10, 7);
  lost.outcome = Outcome::unknown;
  History history{lost, read(1, 20, 30, nothing), read(1, 40, 50, 7)};
  EXPECT_EQ(verdict(register_model, history), Verdict::linearizable);
  history.push_back(read(1, 60, 70, nothing));
  EXPECT_EQ(verdict(register_model, history), Verdict::violated);
}

Operation lock(Action action, int client, int from_ms, int to_ms, bool done, Duration lease = 15s) {
  Operation one = between(at(from_ms), at(to_ms), client, action);
  one.argument = lease.count();
  one.result = done ? 1 : 0;
  return one;
}

TEST(LeaseLock, IsFreeOnlyWhenTheLeaseMayBeOver) {
  Operation first = lock(Action::acquire, 1, 0, 100, true);
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 2, 14'000, 14'990, true)}),
            Verdict::violated);
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 2, 14'000, 15'010, true)}),
            Verdict::linearizable);
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 2, 15'101, 15'200, false)}),
            Verdict::violated);
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 1, 10'000, 10'100, true),
                                       lock(Action::acquire, 2, 20'000, 20'100, true)}),
            Verdict::violated)
      << "the lease was renewed";
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::release, 1, 200, 300, true),
                                       lock(Action::acquire, 2, 400, 500, true)}),
            Verdict::linearizable);
}

TEST(LeaseLock, MayBeHeldForEver) {
  const Operation first = lock(Action::acquire, 1, 0, 100, true, Duration::max());
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 2, 900'000, 900'100, false)}),
            Verdict::linearizable);
  EXPECT_EQ(verdict(lease_lock_model, {first, lock(Action::acquire, 2, 900'000, 900'100, true)}),
            Verdict::violated);
}

// The answer was lost: it may have been granted, and long after it was asked.
TEST(LeaseLock, AnUnansweredAcquireMayHoldItLater) {
  Operation lost = lock(Action::acquire, 1, 0, 0, false);
  lost.outcome = Outcome::unknown;
  Operation holder = lock(Action::read, 2, 50'000, 50'100, true);
  EXPECT_EQ(verdict(lease_lock_model, {lost, holder}), Verdict::linearizable);
  holder.result = 3;
  EXPECT_EQ(verdict(lease_lock_model, {lost, holder}), Verdict::violated);
}

}  // namespace
}  // namespace squall::checkers
