// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QHash>
#include <QPair>

#include <optional>

namespace reverxy::ui {

/// What the user asked of single backends: which of it is on its way, and which failed.
class BackendSwitches : public QObject {
    Q_OBJECT
  public:
    struct State {
        bool pending = false;
        std::optional<bool> wanted; // holds until a snapshot shows it
        QString error;              // of the last attempt; empty when it did not fail
        bool operator==(const State&) const = default;
    };

    explicit BackendSwitches(api::EngineControl& control, QObject* parent = nullptr);

    /// Asks the engine to enable or disable a backend. A later request for the same backend counts instead.
    void request(const QString& pool, const QString& backend, bool enabled);
    State stateOf(const QString& pool, const QString& backend) const;

    /// Forgets what `snapshot` already shows. An answered request is held for two snapshots at most, since the
    /// first one may have been taken before.
    void settle(const api::EngineSnapshot& snapshot);

  Q_SIGNALS:
    void changed(const QString& pool, const QString& backend);

  private:
    using Key = QPair<QString, QString>;

    struct Entry {
        State state;
        bool asked = true;
        quint64 number = 0;
        int snapshotsSinceAnswer = 0;
    };

    void finish(quint64 number, const api::CommandResult& result);

    api::EngineControl& m_control;
    QHash<Key, Entry> m_entries;
};

} // namespace reverxy::ui
