// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "app/demo/demo_configuration.h"

#include <QDateTime>
#include <QObject>

#include <functional>

namespace reverxy::demo {

enum class LiveLines : uint8_t { No, Yes };

/// The demo as the presenter knows it.
struct Stage {
    DemoPorts ports;
    std::function<void(const QString& host, uint16_t port)> sendTraffic; // may be called again, with another one
    std::function<void()> stopTraffic;
};

/// Sends the demo's clients to the engine while that serves, says once what runs where and what to try, and where
/// it is asked for prints a line of live figures every five seconds. On the control's thread; somebody must watch
/// the control.
class Presenter final : public QObject {
  public:
    using Print = std::function<void(const QString&)>;

    /// What `stage` refers to and the control must outlive the presenter.
    Presenter(Stage stage, api::EngineControl& control, LiveLines lines, Print print);
    ~Presenter() override;

  private:
    void look(const api::EngineSnapshot& snapshot);

    bool isLineDue(const QDateTime& now);

    const Stage m_stage;
    const LiveLines m_lines;
    const Print m_print;
    QString m_address; // where the clients are sent; empty: nowhere
    bool m_introduced = false;
    QDateTime m_lastLine; // or the introduction
};

} // namespace reverxy::demo
