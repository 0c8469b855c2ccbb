// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QWidget>

namespace reverxy::ui {

class ClientModel;
class EmptyState;
class ListView;

/// Who is counted by the rate limiters, the throttled first; each can be let begin anew, and all of them.
class ClientsPage : public QWidget {
    Q_OBJECT
  public:
    explicit ClientsPage(api::EngineControl& control, QWidget* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;

    void saveTo(QSettings& settings) const;
    void restoreFrom(const QSettings& settings);

  private:
    void makeList();
    void resetSelected();
    void refreshButtons();

    api::EngineControl& m_control;
    ClientModel* m_model;
    ListView* m_list;
    EmptyState* m_empty;
    QStackedWidget* m_body;
    QLabel* m_summary;
    QPushButton* m_resetOne;
    QPushButton* m_resetAll;
};

} // namespace reverxy::ui
