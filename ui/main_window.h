// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "ui/models/engine_switch.h"

#include <QLabel>
#include <QMainWindow>
#include <QSettings>
#include <QStackedWidget>

namespace reverxy::ui {

class CachePage;
class ClientsPage;
class HeaderBar;
class MessageStrip;
class NavigationRail;
class OverviewPage;
class TrafficPage;

/// The window over an engine, wherever that runs. It watches the engine while it can be seen.
class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    /// `control` and `settings` must outlive the window. Where the window was, its columns and its page are read
    /// from `settings` now and written there when it closes.
    MainWindow(api::EngineControl& control, QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    int page() const { return m_pages->currentIndex(); }

    void setPage(int page);

  Q_SIGNALS:
    /// The user closed it.
    void closed();

  protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    void makeActions();
    void makeViewActions();
    void showSnapshot(const api::SnapshotPointer& snapshot);
    void refreshProblem();
    void refreshActions();
    void refreshWatch();
    void restore();

    api::EngineControl& m_control;
    QSettings& m_settings;
    EngineSwitch m_engine;
    bool m_watching = false;
    HeaderBar* m_header;
    MessageStrip* m_problem;
    NavigationRail* m_rail;
    QStackedWidget* m_pages;
    OverviewPage* m_overview;
    TrafficPage* m_traffic;
    ClientsPage* m_clients;
    CachePage* m_cache;
    QLabel* m_source;
    QAction* m_switchAction = nullptr;
    QAction* m_reloadAction = nullptr;
    QAction* m_copyAction = nullptr;
    QAction* m_followAction = nullptr;
};

} // namespace reverxy::ui
