// SPDX-License-Identifier: MIT
#pragma once

#include "admin/probe_pages.h"
#include "base/name_table.h"
#include "engine.h"
#include "net/page_listener.h"
#include "observe/log.h"

#include <optional>
#include <string>
#include <vector>

namespace reverxy {

/// The probe listener of an engine: joins the pages to the sockets and to what they show. Belongs to the engine's
/// thread.
class EngineProbes final : private admin::ProbeSource, private net::PageHandler {
  public:
    /// All of them must outlive this.
    EngineProbes(Engine& engine, const observe::Log& log, const NameTable& names);

    /// On failure returns the sentence for people.
    std::optional<QString> open(const config::Proxy& settings);

    quint16 port() const { return m_listener.port(); }

    void close() { m_listener.close(); }

  private:
    admin::OwnHosts ownHosts() const override;
    bool draining() const override;
    admin::ReadinessFacts readiness() const override;
    void collectMetrics(MetricsReceiver receiver) override;

    void asked(const net::PageRequest& request) override;
    void malformed(uint64_t connection, http::ParseError error) override;

    std::string metricsText(const observe::Report& report) const;

    Engine& m_engine;
    const observe::Log& m_log;
    const NameTable& m_names;
    const std::vector<std::string> m_machineNames;
    net::PageListener m_listener;
    admin::ProbePages m_pages;
};

} // namespace reverxy
