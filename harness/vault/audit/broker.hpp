// The audit devices of a node (vault/audit.go, vault/audit_broker.go): their table, kept as core/audit, and
// the writing to them. A device's salt is behind the barrier, so that who has the log alone cannot try
// values.
#pragma once
#include <functional>
#include <map>

#include "emulator/world/disk.hpp"
#include "harness/vault/audit/entry.hpp"
#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/log/logger.hpp"
#include "harness/vault/logical/backend.hpp"

namespace squall::vault {

// Where lines may go.
struct AuditOutput {
  world::Disk& disk;
  std::function<void(std::string_view)> out;  // standard output
};

struct AuditDevice {
  std::string path;  // "file/"
  std::string type, description, uuid;
  bool local = false;
  std::map<std::string, std::string> options;
  std::string salt;  // read when the node is unsealed

  std::string option(const std::string& name, std::string fallback = {}) const {
    const auto it = options.find(name);
    return it == options.end() ? std::move(fallback) : it->second;
  }
  std::string file() const { return option("file_path", option("path")); }
};

class AuditBroker {
 public:
  AuditBroker(Barrier& barrier, BackendWorld world, AuditOutput output, Logger log)
      : barrier_(barrier), world_(world), output_(std::move(output)), log_(std::move(log)) {}

  // After an unseal. Throws LogicalError 500 when there are devices and none of them can be written to.
  world::Task<> load();
  void forget();  // when the node is sealed
  // Throws LogicalError 400: unknown type, path in use, options that are wrong, a file that cannot be opened.
  world::Task<> enable(AuditDevice device);
  // Answers whether there was one.
  world::Task<bool> disable(std::string path);

  bool any() const { return !devices_.empty(); }
  Json list_json() const;
  // Nothing where there is no such device.
  std::optional<std::string> hash(const std::string& path, const std::string& text) const;
  void reload() const;  // SIGHUP: says so; files are opened for each line

  // Throw LogicalError 500 when there are devices and none took the line.
  void log_request(const AuditEvent& event) const;
  void log_response(const AuditEvent& event) const;

 private:
  using Line = std::string (*)(const AuditEvent&, const AuditHashing&, Time);
  void log_event(const AuditEvent& event, Line line, const char* what) const;
  void prepare(const AuditDevice& device) const;
  void write(const AuditDevice& device, const std::string& text) const;
  world::Task<> load_salt(AuditDevice& device);
  world::Task<> persist();

  Barrier& barrier_;
  BackendWorld world_;
  AuditOutput output_;
  Logger log_;  // the root: "core" and "audit" are named below it
  std::vector<AuditDevice> devices_;
};

}  // namespace squall::vault
