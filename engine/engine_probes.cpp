// SPDX-License-Identifier: MIT
#include "engine_probes.h"

#include "admin/metrics.h"
#include "proxy/runtime.h"

#include <QHostInfo>

namespace reverxy {

namespace {

std::vector<std::string> machineNames() {
    const std::string name = QHostInfo::localHostName().toStdString();
    const std::string domain = QHostInfo::localDomainName().toStdString();
    std::vector<std::string> names{name};
    if (!name.empty() && !domain.empty() && name.find('.') == std::string::npos)
        names.push_back(name + "." + domain);
    return names;
}

} // namespace

EngineProbes::EngineProbes(Engine& engine, const observe::Log& log, const NameTable& names)
    : m_engine(engine), m_log(log), m_names(names), m_machineNames(machineNames()), m_listener(*this),
      m_pages(*this) {}

std::optional<QString> EngineProbes::open(const config::Proxy& settings) {
    const net::ListenWords words{QLatin1String("proxy.probe_host"), QLatin1String("proxy.probe_port"),
                                 QLatin1String("--probe-port")};
    return m_listener.open(QString::fromStdString(settings.probeHost), settings.probePort, words);
}

void EngineProbes::asked(const net::PageRequest& request) {
    const bool headOnly = request.head.method == http::Method::Head;
    // A client that has gone by then has no number any more; and the pages go before the listener.
    m_pages.ask(
        request.head, request.reached,
        [this, number = request.connection, headOnly, keepAlive = request.keepAlive](const admin::Answer& answer) {
            const auto now = std::chrono::system_clock::now();
            m_listener.respond(number, admin::compose(answer, headOnly, keepAlive, now));
        });
}

void EngineProbes::malformed(uint64_t connection, http::ParseError error) {
    const auto now = std::chrono::system_clock::now();
    m_listener.respond(connection, admin::compose(admin::malformedAnswer(error), false, false, now));
}

admin::OwnHosts EngineProbes::ownHosts() const {
    return admin::ownHosts(m_engine.runtime()->config.proxy, m_machineNames);
}

bool EngineProbes::draining() const {
    return m_engine.isDraining();
}

admin::ReadinessFacts EngineProbes::readiness() const {
    return {m_engine.isDraining(), m_engine.runtime()->config.proxy.readyWhen, m_engine.health()};
}

void EngineProbes::collectMetrics(MetricsReceiver receiver) {
    observe::ReportRequest request;
    request.counters = true;
    m_engine.collect(request, [this, receiver = std::move(receiver)](const observe::Report& report) {
        receiver(report.complete ? std::optional(metricsText(report)) : std::nullopt);
    });
}

std::string EngineProbes::metricsText(const observe::Report& report) const {
    const auto runtime = m_engine.runtime();
    const admin::ReadinessFacts ready = readiness();
    admin::MetricsFacts facts{.report = report, .runtime = *runtime, .health = ready.pools, .names = m_names};
    facts.process = admin::readProcessFigures();
    facts.cache = m_engine.cacheTotals();
    facts.workers = m_engine.workers();
    facts.clientConnections = m_engine.clientConnections();
    facts.maxClientConnections = m_engine.clientConnectionLimit();
    facts.runningExchanges = m_engine.runningExchanges();
    facts.logRecordsDropped = m_log.dropped();
    facts.ready = admin::isReady(ready);
    facts.draining = ready.draining;
    return admin::metricsText(facts);
}

} // namespace reverxy
