// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QHash>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QWidget>

namespace reverxy::ui {

class EmptyState;
class ExchangeDetail;
class ExchangeModel;
class FilterField;
class FilteredExchanges;
class FollowingList;

/// Recent requests as they come, and what happened to the selected one.
class TrafficPage : public QWidget {
    Q_OBJECT
  public:
    explicit TrafficPage(QWidget* parent = nullptr);

    void show(const api::SnapshotPointer& snapshot);
    using QWidget::show;
    void add(const api::ExchangeBatch& exchanges, quint64 skipped);

    void beginFilter();
    void setFilter(const QString& text);
    bool isFollowing() const;
    void setFollowing(bool following);
    void clear();

    void saveTo(QSettings& settings) const;
    void restoreFrom(const QSettings& settings);

  Q_SIGNALS:
    void followingChanged(bool following);

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void makeList();
    QWidget* makeBar();
    void refreshCounts();
    void refreshEmpty();
    void refreshDetail();
    void refreshIcons();
    void orient(Qt::Orientation orientation);
    void showMenu(const QPoint& position);

    ExchangeModel* m_model;
    FilteredExchanges* m_filtered;
    FilterField* m_filter;
    QLabel* m_counts;
    QPushButton* m_follow;
    FollowingList* m_list;
    EmptyState* m_empty;
    QStackedWidget* m_upper;
    ExchangeDetail* m_detail;
    QSplitter* m_split;
    QHash<Qt::Orientation, QByteArray> m_splits; // as the user left them
    bool m_oriented = false;
    QString m_address;
    bool m_stopped = true;
};

} // namespace reverxy::ui
