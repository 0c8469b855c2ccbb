// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QWidget>

namespace reverxy::ui {

class CacheCountModel;
class CacheEntryModel;
class CachePurger;
class CacheReader;
class ElidedLabel;
class EmptyState;
class FilterField;
class ListView;
class Meter;

/// What the cache holds and what it did with requests and responses, and why; stored responses can be purged.
class CachePage : public QWidget {
    Q_OBJECT
  public:
    explicit CachePage(api::EngineControl& control, QWidget* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;

    void beginFilter();

    void saveTo(QSettings& settings) const;
    void restoreFrom(const QSettings& settings);

  Q_SIGNALS:
    /// What came of a purge, for people.
    void told(const QString& message);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeHead();
    QWidget* makeBar();
    void makeCounts();
    void makeList();
    void makeActions();
    void read();
    bool isWorthReading() const;
    void refreshHead();
    void refreshCount();
    void refreshEmpty();
    void refreshMeaning();
    void refreshButtons();
    void showMenu(const QPoint& position);
    std::vector<uint64_t> selectedKeys() const;
    QString selectedHost() const;

    CacheReader* m_reader;
    CachePurger* m_purger;
    CacheEntryModel* m_model;
    QSortFilterProxyModel* m_sorted;
    CacheCountModel* m_requests;
    CacheCountModel* m_responses;
    api::SnapshotPointer m_snapshot;
    api::CacheSnapshot m_read; // as it was when the list was read
    QElapsedTimer m_sinceRead;
    QTimer m_typing;

    Meter* m_meter;
    QLabel* m_held;
    ElidedLabel* m_summary;
    FilterField* m_filter;
    QLabel* m_count;
    QPushButton* m_soft;
    QPushButton* m_hard;
    QPushButton* m_more;
    QAction* m_hostHard = nullptr;
    QAction* m_hostSoft = nullptr;
    QAction* m_allHard = nullptr;
    QAction* m_allSoft = nullptr;
    ListView* m_list;
    ListView* m_requestList;
    ListView* m_responseList;
    EmptyState* m_empty;
    QStackedWidget* m_body;
    QLabel* m_meaning;
    QSplitter* m_counts;
    QSplitter* m_split;
};

} // namespace reverxy::ui
