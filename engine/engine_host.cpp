// SPDX-License-Identifier: MIT
#include "engine_host.h"

#include <utility>

namespace reverxy {

EngineHost::EngineHost(ConfigurationSource source, observe::Log& log, NameTable& names, ReactorKind reactor,
                       QObject* parent)
    : QObject(parent), m_source(std::move(source)), m_log(log), m_names(names), m_reactor(reactor) {}

EngineHost::~EngineHost() = default;

std::optional<QString> EngineHost::start() {
    if (m_state == State::Draining)
        return QStringLiteral("The engine is still finishing what runs; start it when it has stopped.");
    if (m_state == State::Running)
        return std::nullopt;
    const ConfigurationReading reading = m_source();
    if (!reading.config)
        return refuse(reading, QStringLiteral("not started: the configuration has problems"));
    m_log.configure(static_cast<observe::Level>(reading.config->log.level),
                    static_cast<observe::Format>(reading.config->log.format));
    if (!reading.notice.isEmpty())
        tell(observe::Level::Info, reading.notice);
    auto engine = std::make_unique<Engine>(m_log, m_names, m_reactor);
    if (const auto problem = engine->start(*reading.config))
        return problem;
    m_engine = std::move(engine);
    m_path = reading.path;
    m_state = State::Running;
    connect(m_engine.get(), &Engine::drained, this, [this] {
        m_state = State::Stopped;
        // Not here: the engine is still telling.
        m_engine.release()->deleteLater();
        Q_EMIT stopped();
    });
    tellEmptyPools(*reading.config);
    Q_EMIT started();
    return std::nullopt;
}

std::optional<QString> EngineHost::reload() {
    if (m_state != State::Running)
        return QStringLiteral("The engine does not run; start it, and it reads the configuration.");
    const ConfigurationReading reading = m_source();
    if (!reading.config)
        return refuse(reading, QStringLiteral("nothing was changed: the file has problems"));
    const auto needRestart = m_engine->reload(*reading.config);
    m_path = reading.path;
    tell(observe::Level::Info, m_path.isEmpty() ? QStringLiteral("reloaded: no file, all defaults")
                                                : QStringLiteral("reloaded ") + m_path);
    for (const QString& key : needRestart)
        tell(observe::Level::Warn, key + QStringLiteral(" has changed: it takes effect after a restart"));
    tellEmptyPools(*reading.config);
    return std::nullopt;
}

void EngineHost::stop() {
    if (beginStopping())
        m_engine->drain();
}

void EngineHost::stopNow() {
    if (beginStopping())
        m_engine->cut();
}

/// False, and told, where there is nothing to stop.
bool EngineHost::beginStopping() {
    if (m_state == State::Stopped) {
        Q_EMIT stopped();
        return false;
    }
    m_state = State::Draining;
    return true;
}

/// Says what is wrong, in the log and to the caller.
std::optional<QString> EngineHost::refuse(const ConfigurationReading& reading, const QString& consequence) {
    for (const QString& problem : reading.problems)
        tell(observe::Level::Error, problem);
    tell(observe::Level::Error, consequence);
    return reading.problems.join(QLatin1Char('\n'));
}

void EngineHost::tellEmptyPools(const config::Config& config) {
    for (const config::Pool& pool : config.pools) {
        if (pool.backends.empty())
            tell(observe::Level::Warn,
                 QStringLiteral("the pool \"%1\" has no backend: its requests are answered with 503; add one under "
                                "`backends:`")
                     .arg(QString::fromStdString(pool.name)));
    }
}

void EngineHost::tell(observe::Level level, const QString& message) {
    m_log.write(level, "config", message.toStdString());
}

} // namespace reverxy
