// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "ui/models/backend_switches.h"
#include "ui/models/engine_switch.h"

#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QWidget>

namespace reverxy::ui {

class BackendModel;
class EmptyState;
class LatencyPlot;
class ListView;
class RatePlot;

/// The system at a glance: the last 15 minutes as plots, and every backend with how it is.
class OverviewPage : public QWidget {
    Q_OBJECT
  public:
    OverviewPage(api::EngineControl& control, EngineSwitch& engine, QWidget* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;

    void saveTo(QSettings& settings) const;
    void restoreFrom(const QSettings& settings);

  private:
    void makeList();
    void refreshEmpty(const api::EngineSnapshot& snapshot);
    void showBackendMenu(const QPoint& position);
    void act();

    EngineSwitch& m_engine;
    BackendSwitches m_switches;
    BackendModel* m_model;
    RatePlot* m_rate;
    LatencyPlot* m_latency;
    ListView* m_list;
    EmptyState* m_empty;
    QStackedWidget* m_lower;
    QSplitter* m_split;
    bool m_stopped = true;
};

} // namespace reverxy::ui
