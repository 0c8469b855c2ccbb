// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QObject>
#include <QString>

#include <optional>

namespace reverxy::ui {

/// False for the snapshot that stands in before the first one came: nothing is known of the engine yet.
bool isKnown(const api::EngineSnapshot& snapshot);

/// Starting, stopping and reloading: what the one button offers, what is on its way, and what went wrong.
class EngineSwitch : public QObject {
    Q_OBJECT
  public:
    enum class Offer { Unknown, Start, Starting, Stop, Stopping, StopNow, StoppingNow };
    Q_ENUM(Offer)

    explicit EngineSwitch(api::EngineControl& control, QObject* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);

    Offer offer() const;
    /// Whether pressing does something; false while its last effect is awaited.
    bool isOffered() const;
    void press();

    bool canReload() const { return !m_reload && m_state == api::EngineState::Running; }

    void reload();

    /// Why the last command was not done; empty when it was.
    QString error() const { return m_error; }

    void dismissError();

  Q_SIGNALS:
    void changed();
    /// A command was done; `message` says what.
    void told(const QString& message);

  private:
    void finish(quint64 number, const api::CommandResult& result);

    api::EngineControl& m_control;
    std::optional<api::EngineState> m_state; // none before the first snapshot
    std::optional<quint64> m_start;
    std::optional<quint64> m_stop;
    bool m_cut = false; // asked to stop while draining
    std::optional<quint64> m_reload;
    QString m_error;
};

/// The button's text.
QString textOf(EngineSwitch::Offer offer);

} // namespace reverxy::ui
