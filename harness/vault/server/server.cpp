#include "harness/vault/server/server.hpp"

#include <csignal>

#include "harness/vault/config/server_config.hpp"
#include "harness/vault/http/api.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/server/addresses.hpp"
#include "harness/vault/server/banner.hpp"
#include "harness/vault/server/dev.hpp"
#include "harness/vault/server/listeners.hpp"
#include "harness/vault/server/log_output.hpp"
#include "harness/vault/server/options.hpp"
#include "harness/vault/server/seals.hpp"
#include "harness/vault/server/storages.hpp"

namespace squall::vault {
namespace {

constexpr Duration unseal_retry = 5s;  // server.go runUnseal
constexpr Duration load_time =
    80ms;  // from exec to the first thing a real server does (transcripts/timings.md)

// The core and its API; requests hold it, so that it outlives those in flight.
struct Node {
  Node(CoreWorld world, CoreConfig config, std::unique_ptr<Physical> physical,
       std::unique_ptr<Wrapper> wrapper, ApiOptions options)
      : core(std::move(world), std::move(config), std::move(physical), std::move(wrapper)),
        api(core, options) {}
  Core core;
  Api api;
};

world::Task<http::Response> serve(std::shared_ptr<Node> node, http::Request request) {
  co_return co_await node->api.handle(std::move(request));
}

class Server {
 public:
  Server(program::Context& context, ServerOptions options)
      : context_(context),
        options_(std::move(options)),
        log_gate_(std::make_shared<LogGate>(context)),
        wake_(context.scheduler()) {}

  world::Task<int> run() {
    context_.on_signal([this](int number) { return take_signal(number); });
    co_await world::sleep(context_.scheduler(), load_time);
    std::string fatal;
    try {
      co_await start();
    } catch (const StartError& error) {
      fatal = error.what();
    }
    if (!fatal.empty()) {
      context_.out(fatal + "\n");
      log_gate_->open();
      co_return 1;
    }
    log_gate_->open();
    context_.notify("READY=1");
    unseal_loop_ = world::Job::start(context_.scheduler(), unseal_loop());
    while (!stopping_) {
      co_await wake_;
      wake_ = world::Completion<bool>(context_.scheduler());
      if (std::exchange(reload_, false)) reload();
    }
    co_await stop();
    co_return 0;
  }

 private:
  // While the start is not over, a signal is remembered and nothing else: Vault does not listen for it yet.
  bool take_signal(int number) {
    if (number == SIGTERM || number == SIGINT) {
      stopping_ = true;
    } else if (number == SIGHUP) {
      reload_ = true;
    } else {
      return false;
    }
    wake_.set(true);
    return true;
  }

  world::Task<> start() {
    read_config();
    for (const std::string& text : config_.unknown_fields) log_->warn(text);
    log_->info("proxy environment", {{"http_proxy", context_.env("http_proxy"), {}},
                                     {"https_proxy", context_.env("https_proxy"), {}},
                                     {"no_proxy", context_.env("no_proxy"), {}}});
    read_late_environment();
    for (const std::string& field : config_.without_effect)
      log_->warn("the Squall stand-in knows this field and does nothing with it", {{"field", field, {}}});
    std::unique_ptr<Physical> physical = make_storage(context_, config_);
    std::unique_ptr<Wrapper> wrapper;
    std::string failure;
    try {
      wrapper = co_await make_wrapper(context_, config_);
    } catch (const SealError& error) {
      failure = error.what();
    }
    if (!failure.empty()) throw StartError("Error parsing Seal configuration: " + failure);
    for (ListenerConfig& listener : config_.listeners)
      if (listener.cluster_address.empty())
        listener.cluster_address = port_beside(context_, listener.address);
    make_node(std::move(physical), std::move(wrapper));
    std::optional<DevNode> dev;
    if (options_.dev) dev = co_await set_up_dev(context_, node_->core, options_);
    listen();
    if (!options_.dev && node_->core.physical().type() == "inmem")
      context_.out(
          "\nWARNING: storage configured to use \"inmem\" which should NOT be used in\nproduction\n\n");
    BannerFacts facts{node_->core.config().api_address,
                      node_->core.config().cluster_address,
                      config_.log_level,
                      node_->core.physical().type(),
                      {}};
    for (const auto& [name, value] : context_.invocation().env) facts.environment.push_back(name);
    context_.out(banner(config_, facts));
    store_pid();
    if (dev) dev_warning_ = world::Job::start(context_.scheduler(), warn_of_dev(std::move(*dev)));
  }

  void store_pid() {
    if (config_.pid_file.empty()) return;
    try {
      context_.disk().write(context_.resolve(config_.pid_file), std::to_string(context_.invocation().pid),
                            0600);
    } catch (const world::DiskError& error) {
      throw StartError(std::string("Error storing PID: could not open pid file: ") + error.what());
    }
  }

  world::Task<> warn_of_dev(DevNode node) {
    co_await world::sleep(context_.scheduler(), dev_quiet_time);
    context_.out(dev_warning(node, config_.listeners[0].address));
  }

  void read_config() {
    if (options_.dev) {
      config_ = dev_config(options_);
    } else if (options_.config_paths.empty()) {
      throw StartError("Must specify at least one config path using -config");
    } else if (!options_.dev_root_token_id.empty()) {
      context_.out(
          "You cannot specify a custom root token ID outside of \"dev\" mode. Your\nrequest has been "
          "ignored.\n");
    }
    for (const std::string& path : options_.config_paths) {
      try {
        load_config(context_.disk(), context_.resolve(path), path, config_);
      } catch (const ConfigError& error) {
        throw StartError("error loading configuration from " + path + ": " + error.what());
      }
    }
    apply_environment([this](const std::string& name) { return context_.env(name); }, config_);
    apply_options(options_, config_);
    log_.emplace(make_logger(context_, config_, log_gate_));
  }

  // What the original reads once its log is there.
  void read_late_environment() {
    for (const char* name : {"VAULT_DISABLE_MLOCK", "VAULT_UI"}) {
      const std::string text = context_.env(name);
      if (text.empty()) continue;
      try {
        const bool on = to_bool({.text = text});
        if (std::string_view(name) == "VAULT_DISABLE_MLOCK") config_.disable_mlock = on;
      } catch (const ConfigError&) {
        throw StartError(std::string("Error parsing the environment variable ") + name);
      }
    }
    if (const std::string names = context_.env("VAULT_EXPERIMENTS");
        !names.empty() && names != "events.alpha1")
      throw StartError(
          "error validating experiment(s) from environment variable \"VAULT_EXPERIMENTS\": valid "
          "experiment(s) "
          "are events.alpha1, but received the following invalid experiment(s): " +
          names);
  }

  void make_node(std::unique_ptr<Physical> physical, std::unique_ptr<Wrapper> wrapper) {
    CoreConfig core;
    core.hostname = context_.invocation().hostname;
    core.cluster_name = config_.cluster_name;
    core.raw_endpoint = config_.raw_storage_endpoint;
    core.usage_gauges = config_.usage_gauges;
    core.lockout = lockout_rules();
    if (config_.default_lease_ttl_s != 0) core.leases.default_s = config_.default_lease_ttl_s;
    if (config_.max_lease_ttl_s != 0) core.leases.max_s = config_.max_lease_ttl_s;
    set_addresses(core);
    if (!physical) refuse_raft(config_);
    if (core.leases.default_s > core.leases.max_s)
      throw StartError("Error initializing core: cannot have DefaultLeaseTTL larger than MaxLeaseTTL");
    ApiOptions api;
    if (!config_.listeners.empty())
      api.max_request_bytes = static_cast<std::size_t>(config_.listeners[0].max_request_size);
    node_ = std::make_shared<Node>(
        CoreWorld{context_.scheduler(),
                  context_.entropy(),
                  *log_,
                  {context_.disk(), [this](std::string_view text) { context_.out(text); }}},
        std::move(core), std::move(physical), std::move(wrapper), api);
  }

  // Before what a mount is tuned to.
  LockoutRules lockout_rules() {
    LockoutRules rules;
    for (const char* type : {"all", "userpass"}) {
      const UserLockoutConfig& config = config_.user_lockouts[type];
      rules.threshold = config.threshold.value_or(rules.threshold);
      rules.duration_s = config.duration_s.value_or(rules.duration_s);
      rules.counter_reset_s = config.counter_reset_s.value_or(rules.counter_reset_s);
      rules.disabled = config.disabled.value_or(rules.disabled);
    }
    const std::optional<bool> off = parse_boolean(context_.env("VAULT_DISABLE_USER_LOCKOUT"));
    rules.disabled = rules.disabled || off.value_or(false);
    return rules;
  }

  // determineRedirectAddr and findClusterAddress of command/server.go.
  void set_addresses(CoreConfig& core) {
    core.api_address = config_.api_addr;
    if (core.api_address.empty())
      log_->warn(
          "no `api_addr` value specified in config or in VAULT_API_ADDR; falling back to detection if "
          "possible, "
          "but this value should be manually set");
    if (core.api_address.empty() && options_.dev)
      core.api_address = "http://" + config_.listeners.at(0).address;
    if (config_.disable_clustering || config_.storage->get("disable_clustering") == "true") return;
    try {
      core.cluster_address = cluster_address(config_, core.api_address);
    } catch (const std::runtime_error& error) {
      throw StartError(error.what());
    }
    if (core.cluster_address.empty()) return;
    for (const ListenerConfig& listener : config_.listeners)
      core.cluster_listeners.push_back(listener.cluster_address);
  }

  world::Handler handler() {
    return [node = node_](http::Request request) { return serve(node, std::move(request)); };
  }

  void listen() {
    listeners_.clear();
    for (const ListenerConfig& listener : config_.listeners) {
      try {
        listeners_.push_back(open_listener(context_, listener, handler()));
      } catch (const std::runtime_error& error) {
        throw StartError(
            std::string("Error parsing listener configuration.\nError initializing listener of type tcp: ") +
            error.what());
      }
    }
  }

  world::Task<> unseal_loop() {
    while (true) {
      std::string failure;
      try {
        co_await node_->core.unseal_with_stored_keys();
      } catch (const UnsealError& error) {
        failure = error.what();
      }
      if (failure.empty()) co_return;
      log_->warn("failed to unseal core", {{"error", failure, {}}});
      co_await world::sleep(context_.scheduler(), unseal_retry);
    }
  }

  // SIGHUP: certificates are read again, and the log level.
  void reload() {
    context_.out("==> Vault reload triggered\n");
    context_.notify("RELOADING=1");
    node_->core.audit().reload();
    ServerConfig fresh;
    try {
      for (const std::string& path : options_.config_paths)
        load_config(context_.disk(), context_.resolve(path), path, fresh);
      if (const std::optional<LogLevel> level = parse_log_level(fresh.log_level);
          level && options_.log_level.empty())
        log_->set_level(*level);
      for (std::size_t i = 0; i < config_.listeners.size(); ++i) {
        if (config_.listeners[i].tls_disable) continue;
        listeners_[i].reset();
        listeners_[i] = open_listener(context_, config_.listeners[i], handler());
      }
    } catch (const std::runtime_error& error) {
      log_->error("could not reload config",
                  {{"path", options_.config_paths[0], {}}, {"error", error.what(), {}}});
    }
    context_.notify("READY=1");
  }

  world::Task<> stop() {
    context_.out("==> Vault shutdown triggered\n");
    context_.notify("STOPPING=1");
    unseal_loop_.kill();
    dev_warning_.kill();
    listeners_.clear();
    co_await node_->core.seal();
    if (!config_.pid_file.empty()) context_.disk().remove(context_.resolve(config_.pid_file));
  }

  program::Context& context_;
  ServerOptions options_;
  ServerConfig config_;
  std::optional<Logger> log_;
  std::shared_ptr<LogGate> log_gate_;
  std::shared_ptr<Node> node_;
  std::vector<std::unique_ptr<world::Network::Listener>> listeners_;
  world::Job unseal_loop_, dev_warning_;
  world::Completion<bool> wake_;
  bool stopping_ = false, reload_ = false;
};

}  // namespace

world::Task<int> server_program(program::Context& context, std::vector<std::string> args) {
  ServerOptions options;
  std::string usage;
  try {
    options = parse_server_options(args, [&context](const std::string& name) { return context.env(name); });
  } catch (const UsageError& error) {
    usage = error.what();
  }
  if (!usage.empty()) {
    context.out(usage + "\n");
    co_return 1;
  }
  Server server(context, std::move(options));
  co_return co_await server.run();
}

}  // namespace squall::vault
