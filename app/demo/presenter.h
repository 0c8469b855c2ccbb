// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "app/demo/demo.h"

#include <QElapsedTimer>
#include <QObject>

#include <functional>

namespace reverxy::demo {

enum class LiveLines : uint8_t { No, Yes };

/// Sends the demo's clients to the engine while that serves, says once what runs where and what to try, and where
/// it is asked for prints a line of live figures every few seconds. On the control's thread; somebody must watch
/// the control.
class Presenter final : public QObject {
  public:
    using Print = std::function<void(const QString&)>;

    /// Both must outlive the presenter.
    Presenter(Demo& demo, api::EngineControl& control, LiveLines lines, Print print);
    ~Presenter() override;

  private:
    void look(const api::EngineSnapshot& snapshot);

    Demo& m_demo;
    const LiveLines m_lines;
    const Print m_print;
    QString m_address; // where the clients are sent; empty: nowhere
    bool m_introduced = false;
    QElapsedTimer m_sinceLine;
};

} // namespace reverxy::demo
