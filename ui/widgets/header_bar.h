// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "ui/models/engine_switch.h"
#include "ui/models/mark.h"

#include <QPushButton>
#include <QWidget>

namespace reverxy::ui {

class CopyButton;
class ElidedLabel;
class Figure;

/// The line on top of every page: how the engine is, where it can be reached, what it does right now, and the
/// button that starts and stops it.
class HeaderBar : public QWidget {
    Q_OBJECT
  public:
    explicit HeaderBar(EngineSwitch& engine, QWidget* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;

  protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QLayout* makeState();
    QLayout* makeAddress();
    QLayout* makeFigures();
    void makeSwitch();
    void refreshSwitch();

    EngineSwitch& m_engine;
    Mark m_mark = Mark::Off;
    QWidget* m_markSpace = nullptr;
    ElidedLabel* m_state = nullptr;
    ElidedLabel* m_since = nullptr;
    ElidedLabel* m_address = nullptr;
    ElidedLabel* m_addressNote = nullptr;
    CopyButton* m_copy = nullptr;
    Figure* m_rate = nullptr;
    Figure* m_errors = nullptr;
    Figure* m_latency = nullptr;
    Figure* m_connections = nullptr;
    QPushButton* m_switch = nullptr;
};

/// How the engine is, as sign, word and a note beside it ("for 12 min", "nothing is served").
struct EngineStanding {
    Mark mark = Mark::Off;
    QString state;
    QString note;
};

EngineStanding standingOf(const api::EngineSnapshot& snapshot);

} // namespace reverxy::ui
