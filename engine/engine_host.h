// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"
#include "engine.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>

namespace reverxy {

/// What became of reading the configuration.
struct ConfigurationReading {
    std::optional<config::Config> config; // nothing: it has problems
    QString path;                         // empty: no file, all defaults
    QStringList problems;                 // one line each, with file, line and column
    QString notice;                       // something worth telling, as that a file was created
};

/// Reads the configuration from wherever it comes from. Called on the engine's thread, at each start and reload.
using ConfigurationSource = std::function<ConfigurationReading()>;

/// An engine that can be started, reloaded and stopped any number of times, and what the log says of it. Belongs to
/// the engine's thread.
class EngineHost final : public QObject {
    Q_OBJECT
  public:
    enum class State : uint8_t { Stopped, Running, Draining };

    /// `log` and `names` must outlive the host.
    EngineHost(ConfigurationSource source, observe::Log& log, NameTable& names,
               ReactorKind reactor = ReactorKind::Native, QObject* parent = nullptr);
    /// Cuts whatever still runs.
    ~EngineHost() override;

    /// Reads the configuration and begins to serve; on failure returns what is wrong, for people. Does nothing when
    /// running already.
    std::optional<QString> start();
    /// Reads the configuration again and swaps it in; on failure returns what is wrong, and nothing has changed.
    std::optional<QString> reload();
    /// Drains, unless it does already; stopped() follows.
    void stop();
    /// Cuts what runs; stopped() follows.
    void stopNow();

    State state() const { return m_state; }

    /// Null when stopped.
    Engine* engine() { return m_engine.get(); }

    const QString& configurationPath() const { return m_path; }

  Q_SIGNALS:
    void started();
    void stopped();

  private:
    bool beginStopping();
    std::optional<QString> refuse(const ConfigurationReading& reading, const QString& consequence);
    void tellEmptyPools(const config::Config& config);
    void tell(observe::Level level, const QString& message);

    ConfigurationSource m_source;
    observe::Log& m_log;
    NameTable& m_names;
    const ReactorKind m_reactor;
    std::unique_ptr<Engine> m_engine;
    State m_state = State::Stopped;
    QString m_path;
};

} // namespace reverxy
