// SPDX-License-Identifier: MIT
#pragma once

#include "ui/widgets/list_view.h"

namespace reverxy::ui {

/// A list that grows at its end and keeps showing it, until the user looks at something older: scrolls up or
/// selects a row. Scrolling to the end, or the End key, follows again.
class FollowingList : public ListView {
    Q_OBJECT
  public:
    explicit FollowingList(QWidget* parent = nullptr);

    bool isFollowing() const { return m_following; }

    void setFollowing(bool following);

  Q_SIGNALS:
    void followingChanged(bool following);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void rowsInserted(const QModelIndex& parent, int start, int end) override;
    void rowsAboutToBeRemoved(const QModelIndex& parent, int start, int end) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

  private:
    bool m_following = true;
};

} // namespace reverxy::ui
