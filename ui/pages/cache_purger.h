// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QObject>
#include <QSet>
#include <QWidget>

#include <vector>

namespace reverxy::ui {

/// Has stored responses purged: removed, or, softly, validated before their next use. Asks first where all would be
/// lost.
class CachePurger : public QObject {
    Q_OBJECT
  public:
    enum class Way : uint8_t { Hard, Soft };

    /// Questions stand before `window`.
    CachePurger(api::EngineControl& control, QWidget* window);

    void purgeKeys(const std::vector<uint64_t>& keys, Way way);
    void purgeHost(const QString& host, Way way);
    void purgeEverything(Way way);
    /// Asks whether `entries` stored responses are to go.
    void askToPurgeEverything(uint64_t entries);

  Q_SIGNALS:
    /// The engine has carried out all that was sent, and says what came of it.
    void finished(const QString& message);

  private:
    void send(const api::CacheScope& scope, Way way);
    void answered(quint64 number, const api::CommandResult& result);

    api::EngineControl& m_control;
    QWidget* m_window;
    QSet<quint64> m_sent;
};

/// The host of a URL, with its port.
QString hostOf(const QString& url);

} // namespace reverxy::ui
