#include "harness/sim/network.hpp"

#include <gtest/gtest.h>

namespace squall::sim {
namespace {

using world::Job;
using world::NetError;
using world::NetFault;
using world::Reply;
using world::Task;

// The frames of jobs that are over are destroyed by an event of their own.
void settle(SimScheduler& scheduler) {
  scheduler.run_until([] { return false; }, scheduler.now());
}

class SimNetworkTest : public testing::Test {
 protected:
  Reply call(SimHost& from, world::Call request) {
    std::optional<Reply> reply;
    auto body = [&]() -> Task<> { reply = co_await from.send(std::move(request)); };
    Job job = Job::start(scheduler, body());
    scheduler.run_until([&] { return reply.has_value(); }, scheduler.now() + 10min);
    job.kill();
    settle(scheduler);
    if (!reply) return NetError{NetFault::timed_out, true, "the test gave up"};
    return *reply;
  }
  static world::Call to(std::string host, std::uint16_t port) {
    world::Call c;
    c.host = std::move(host);
    c.port = port;
    return c;
  }
  std::unique_ptr<world::Network::Listener> greet(SimHost& host, std::uint16_t port,
                                                  std::string address = "0.0.0.0") {
    return host.listen({.address = std::move(address), .port = port},
                       [this](http::Request request) -> Task<http::Response> {
                         co_await world::sleep(scheduler, 5ms);
                         co_return http::Response::text(200, "hello " + request.peer_address);
                       });
  }
  std::string probe(SimHost& from, std::string host, std::uint16_t port) {
    std::optional<std::string> outcome;
    auto task = [](SimHost& self, std::string name, std::uint16_t number,
                   std::optional<std::string>& into) -> Task<> {
      std::optional<NetError> failed = co_await self.connect(std::move(name), number, 3s);
      into = !failed                                     ? ""
             : failed->fault == NetFault::refused        ? "refused"
             : failed->fault == NetFault::name_not_found ? "name_not_found"
             : failed->fault == NetFault::timed_out      ? "timed_out"
                                                         : "other";
    }(from, std::move(host), port, outcome);
    auto job = world::Job::start(scheduler, std::move(task));
    scheduler.run_until([&] { return outcome.has_value(); }, scheduler.now() + 10min);
    settle(scheduler);
    return outcome.value_or("silent");
  }
  std::string echo(SimHost& from, std::string host) {
    std::optional<std::string> outcome;
    auto task = [](SimHost& self, std::string name, std::optional<std::string>& into) -> Task<> {
      std::optional<NetError> failed = co_await self.echo(std::move(name), 3s);
      into = !failed                                     ? "answered"
             : failed->fault == NetFault::name_not_found ? "name_not_found"
                                                         : "timed_out";
    }(from, std::move(host), outcome);
    auto job = world::Job::start(scheduler, std::move(task));
    scheduler.run_until([&] { return outcome.has_value(); }, scheduler.now() + 10min);
    settle(scheduler);
    return outcome.value_or("silent");
  }
  static bool answered(const Reply& reply) { return std::holds_alternative<http::Response>(reply); }
  static NetFault fault(const Reply& reply) {
    auto* error = std::get_if<NetError>(&reply);
    EXPECT_TRUE(error);
    return error ? error->fault : NetFault{};
  }

  SimScheduler scheduler{*base::parse_iso8601("2024-01-01T00:00:00Z")};
  SimNetwork network{scheduler, base::Random{1}};
  std::unique_ptr<SimHost> a = network.add_host("a", "10.0.0.1");
  std::unique_ptr<SimHost> b = network.add_host("b", "10.0.0.2");
};

TEST_F(SimNetworkTest, CarriesAnExchangeAndTellsWhoAsked) {
  auto listener = greet(*b, 8200);
  EXPECT_EQ(std::get<http::Response>(call(*a, to("10.0.0.2", 8200))).body, "hello 10.0.0.1");
  EXPECT_EQ(std::get<http::Response>(call(*b, to("localhost", 8200))).body, "hello 127.0.0.1");
}

TEST_F(SimNetworkTest, ACutHostStillReachesItself) {
  auto listener = greet(*b, 8200);
  network.add_rule({.from = "b", .to = "*", .effect = LinkRule::Effect::drop});
  EXPECT_EQ(std::get<http::Response>(call(*b, to("127.0.0.1", 8200))).body, "hello 127.0.0.1");
  EXPECT_EQ(std::get<http::Response>(call(*b, to("10.0.0.2", 8200))).body, "hello 10.0.0.2");
  EXPECT_EQ(fault(call(*b, to("10.0.0.1", 8200))), NetFault::timed_out);
}

// Two networks that differ only in what is said: the difference is an event of its own.
TEST_F(SimNetworkTest, WhatAMessageSaysIsPartOfTheEventHash) {
  auto hash_of = [](const std::string& header, const std::string& body) {
    SimScheduler clock{*base::parse_iso8601("2024-01-01T00:00:00Z")};
    SimNetwork other{clock, base::Random{1}};
    auto from = other.add_host("a", "10.0.0.1");
    other.add_service("service", [&](const SimHost&, http::Request) -> Task<http::Response> {
      http::Response response = http::Response::text(200, body);
      response.headers.add("X-Test", header);
      co_return response;
    });
    bool over = false;
    auto ask = [&]() -> Task<> {
      co_await from->send(to("service", 80));
      over = true;
    };
    Job job = Job::start(clock, ask());
    EXPECT_TRUE(clock.run_until([&] { return over; }, clock.now() + 1min));
    settle(clock);
    return clock.event_hash();
  };
  EXPECT_EQ(hash_of("a", "b"), hash_of("a", "b"));
  EXPECT_NE(hash_of("a", "b"), hash_of("a", "c"));
  EXPECT_NE(hash_of("a", "b"), hash_of("c", "b"));
}

TEST_F(SimNetworkTest, FailsAsANetworkDoes) {
  auto listener = greet(*b, 8200);
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 8201))), NetFault::refused);
  EXPECT_EQ(fault(call(*a, to("nowhere.example", 80))), NetFault::name_not_found);
  Time before = scheduler.now();
  EXPECT_EQ(fault(call(*a, to("10.0.0.9", 80))), NetFault::timed_out);
  EXPECT_EQ(scheduler.now() - before, Duration{30s});
  EXPECT_THROW(greet(*b, 8200), world::ListenError);
}

TEST_F(SimNetworkTest, SecurityGroupsAreEnforcedOnTheWayIn) {
  auto listener = greet(*b, 8200);
  world::SecurityRule everywhere{"-1", 0, 65535, "0.0.0.0/0", ""};
  b->set_traffic({{"sg-b"}, {{"tcp", 8200, 8200, "", "sg-a"}}, {}});
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 8200))), NetFault::timed_out);
  a->set_traffic({{"sg-a"}, {}, {everywhere}});
  EXPECT_TRUE(answered(call(*a, to("10.0.0.2", 8200))));
  b->set_traffic({{"sg-b"}, {{"tcp", 8200, 8200, "10.1.0.0/16", ""}}, {}});
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 8200))), NetFault::timed_out);
}

TEST_F(SimNetworkTest, SecurityGroupsAreEnforcedOnTheWayOut) {
  auto listener = greet(*b, 8200);
  auto service = [](const SimHost&, http::Request) -> Task<http::Response> {
    co_return http::Response::text(200, "here");
  };
  network.add_service("169.254.169.254", service);
  network.add_service("kms.us-east-1.amazonaws.com", service);
  a->set_traffic({{"sg-a"}, {}, {}});
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 8200))), NetFault::timed_out);
  EXPECT_EQ(fault(call(*a, to("kms.us-east-1.amazonaws.com", 80))), NetFault::timed_out);
  EXPECT_TRUE(answered(call(*a, to("169.254.169.254", 80)))) << "the metadata service is never filtered";
  b->set_traffic({{"sg-b"}, {{"-1", 0, 65535, "0.0.0.0/0", ""}}, {}});
  a->set_traffic({{"sg-a"}, {}, {{"tcp", 8200, 8200, "", "sg-b"}, {"tcp", 443, 443, "0.0.0.0/0", ""}}});
  EXPECT_TRUE(answered(call(*a, to("10.0.0.2", 8200)))) << "b answers although it may send nothing by itself";
  EXPECT_EQ(fault(call(*a, to("kms.us-east-1.amazonaws.com", 80))), NetFault::timed_out)
      << "443 alone is open";
}

TEST_F(SimNetworkTest, AHostAnswersAnEchoWhereItsGroupsLetItIn) {
  EXPECT_EQ(echo(*a, "10.0.0.2"), "answered") << "nobody need listen";
  EXPECT_EQ(echo(*a, "10.0.0.9"), "timed_out");
  EXPECT_EQ(echo(*a, "nowhere.example"), "name_not_found");
  b->set_traffic({{"sg-b"}, {{"tcp", 0, 65535, "0.0.0.0/0", ""}}, {}});
  EXPECT_EQ(echo(*a, "10.0.0.2"), "timed_out") << "TCP's rules let no ICMP in";
  EXPECT_EQ(echo(*b, "127.0.0.1"), "answered");
  b->set_traffic({{"sg-b"}, {{"icmp", 3, -1, "0.0.0.0/0", ""}}, {}});
  EXPECT_EQ(echo(*a, "10.0.0.2"), "timed_out") << "another type";
  for (int type : {-1, 8}) {
    b->set_traffic({{"sg-b"}, {{"icmp", type, -1, "0.0.0.0/0", ""}}, {}});
    EXPECT_EQ(echo(*a, "10.0.0.2"), "answered") << type;
  }
  a->set_traffic({{"sg-a"}, {}, {}});
  EXPECT_EQ(echo(*a, "10.0.0.2"), "timed_out") << "nothing may go out";
  a->set_traffic({});
  const int cut = network.add_rule({.from = "a", .to = "b"});
  EXPECT_EQ(echo(*a, "10.0.0.2"), "timed_out");
  network.remove_rule(cut);
  b->power(false);
  EXPECT_EQ(echo(*a, "10.0.0.2"), "timed_out");
}

TEST_F(SimNetworkTest, AListenerThatGoesResetsAndAPowerCutIsSilent) {
  auto listener = b->listen({.port = 80}, [this](http::Request) -> Task<http::Response> {
    co_await world::sleep(scheduler, 1h);
    co_return http::Response{};
  });
  scheduler.after(1s, [&] { listener.reset(); });
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 80))), NetFault::reset);
  listener = greet(*b, 80);
  b->power(false);
  auto request = to("10.0.0.2", 80);
  request.total_timeout = 3s;
  Time before = scheduler.now();
  EXPECT_EQ(fault(call(*a, request)), NetFault::timed_out);
  EXPECT_EQ(scheduler.now() - before, Duration{3s});
}

TEST_F(SimNetworkTest, RulesCutRefuseHangAndCount) {
  network.add_service("*.amazonaws.com", [](const SimHost& from, http::Request) -> Task<http::Response> {
    co_return http::Response::text(200, "aws to " + from.id());
  });
  auto request = to("kms.us-east-1.amazonaws.com", 443);
  request.scheme = "https";
  request.total_timeout = 5s;
  EXPECT_EQ(std::get<http::Response>(call(*a, request)).body, "aws to a");
  int rule = network.add_rule(
      {.from = "a", .to = "kms.us-east-1.amazonaws.com", .effect = LinkRule::Effect::refuse});
  EXPECT_EQ(fault(call(*a, request)), NetFault::refused);
  EXPECT_TRUE(std::holds_alternative<http::Response>(call(*b, request)));
  EXPECT_EQ(network.fired(rule), 1u);
  network.remove_rule(rule);
  rule = network.add_rule({.to = "*.amazonaws.com", .effect = LinkRule::Effect::hang});
  Reply reply = call(*a, request);
  EXPECT_EQ(fault(reply), NetFault::timed_out);
  EXPECT_TRUE(std::get<NetError>(reply).connected);
}

TEST_F(SimNetworkTest, AWholeNameGoesBeforeAPattern) {
  for (const char* name : {"*.amazonaws.com", "awscli.amazonaws.com"})
    network.add_service(name, [name](const SimHost&, http::Request) -> Task<http::Response> {
      co_return http::Response::text(200, name);
    });
  auto asked = [&](const char* host) {
    auto request = to(host, 443);
    request.scheme = "https";
    return std::get<http::Response>(call(*a, request)).body;
  };
  EXPECT_EQ(asked("awscli.amazonaws.com"), "awscli.amazonaws.com");
  EXPECT_EQ(asked("kms.us-east-1.amazonaws.com"), "*.amazonaws.com");
}

// What listens on one address of a machine is not reached over another.
TEST_F(SimNetworkTest, AListenerTakesWhatItsAddressIsDialledWith) {
  auto loopback = greet(*b, 8200, "127.0.0.1");
  EXPECT_EQ(fault(call(*a, to("10.0.0.2", 8200))), NetFault::refused);
  EXPECT_EQ(fault(call(*b, to("10.0.0.2", 8200))), NetFault::refused);
  EXPECT_TRUE(answered(call(*b, to("localhost", 8200))));
  EXPECT_TRUE(answered(call(*b, to("0.0.0.0", 8200))));
  EXPECT_EQ(fault(call(*b, to("::1", 8200))), NetFault::refused);
  auto outward = greet(*b, 8200, "10.0.0.2");
  EXPECT_EQ(std::get<http::Response>(call(*b, to("10.0.0.2", 8200))).body, "hello 10.0.0.2");
  EXPECT_TRUE(answered(call(*a, to("10.0.0.2", 8200))));
  EXPECT_THROW(greet(*b, 8200), world::ListenError);
  EXPECT_THROW(greet(*b, 8200, "127.0.0.1"), world::ListenError);
  loopback.reset();
  EXPECT_EQ(fault(call(*b, to("127.0.0.1", 8200))), NetFault::refused);
  EXPECT_TRUE(answered(call(*a, to("10.0.0.2", 8200))));
}

TEST_F(SimNetworkTest, AConnectionAloneTellsWhatConnectTells) {
  auto listener = greet(*b, 8200, "::");
  EXPECT_EQ(probe(*a, "10.0.0.2", 8200), "");
  EXPECT_EQ(probe(*b, "::1", 8200), "");
  EXPECT_EQ(probe(*a, "10.0.0.2", 22), "refused");
  EXPECT_EQ(probe(*a, "nobody.internal", 22), "name_not_found");
  Time before = scheduler.now();
  EXPECT_EQ(probe(*a, "10.9.9.9", 22), "timed_out");
  EXPECT_EQ(scheduler.now() - before, 3s);
  EXPECT_EQ(a->resolve("localhost"), "127.0.0.1");
  EXPECT_EQ(a->resolve("nobody.internal"), std::nullopt);
  EXPECT_EQ(b->listening(), (std::vector<std::pair<std::string, std::uint16_t>>{{"::", 8200}}));
}

}  // namespace
}  // namespace squall::sim
